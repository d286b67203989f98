import { isObject } from './read-json.ts';

/** Takes the write key out of what a client sent: it is a secret, and neither Kafka nor a dead letter may keep it. */
export const dropWriteKey = (sent: unknown): void => {
  if (isObject(sent) && Object.hasOwn(sent, 'writeKey')) delete sent['writeKey'];
};
