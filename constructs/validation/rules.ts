import { isIP } from 'node:net';
import { isToken, type Rule } from './faults.ts';

/** A whole number within bounds. */
export const wholeNumber =
  (from: number, to: number): Rule =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
      ? undefined
      : `must be a whole number from ${from} to ${to}`;

/** One of the words. */
export const oneOf =
  (...words: readonly unknown[]): Rule =>
  (value) =>
    words.includes(value) ? undefined : `must be one of ${words.join(', ')}`;

/** A text of a shape, which `what` puts into words. */
export const text =
  (shape: RegExp, what: string): Rule =>
  (value) =>
    typeof value === 'string' && shape.test(value) ? undefined : `must be ${what}`;

export const boolean: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');

/** A list with nothing more to say of it. */
export const object: Rule = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'must be an object';

const isNumber = (value: unknown): value is number => typeof value === 'number' && !isToken(value);

/** Whether both are numbers known now and the first is larger. */
export const exceeds = (value: unknown, most: unknown): boolean =>
  isNumber(value) && isNumber(most) && value > most;

/** The product of two numbers that are known now. */
export const product = (one: unknown, other: unknown): number | undefined =>
  isNumber(one) && isNumber(other) ? one * other : undefined;

export const LABEL_VALUE = text(
  /^[a-z0-9_-]{1,63}$/,
  '1 to 63 lower-case letters, digits, dashes and underscores (a label)',
);
export const LABEL_KEY = text(
  /^[a-z][a-z0-9_-]{0,62}$/,
  'a label’s key: 1 to 63 lower-case letters, digits, dashes and underscores, a letter first',
);
export const MEMBER = text(
  /^(user|serviceAccount|group|domain|principal|principalSet):[^\s]+$/,
  'a member, such as serviceAccount:shop@acme.iam.gserviceaccount.com, and not everybody',
);
export const SERVICE_ACCOUNT_EMAIL = text(
  /^[a-z0-9][a-z0-9-]*@[a-z0-9.:-]+\.gserviceaccount\.com$/,
  'the e-mail address of a service account, such as events@acme.iam.gserviceaccount.com',
);
const BUCKET_SHAPE = /^(?!goog)(?!.*(google|g00gle|\.\.))[a-z0-9][a-z0-9_.-]{1,61}[a-z0-9]$/;
export const BUCKET_NAME: Rule = (value) =>
  typeof value === 'string' && BUCKET_SHAPE.test(value) && isIP(value) === 0
    ? undefined
    : 'must be a bucket’s name: 3 to 63 lower-case letters, digits, dashes, single dots and underscores, no address, without goog in front or google anywhere';
export const RFC1035_NAME = text(
  /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  '1 to 63 lower-case letters, digits and dashes, a letter first and no dash last',
);
export const DOMAIN = text(
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  'a domain name, such as events.acme.example',
);
const DIGEST = '@sha256:[0-9a-f]{64}';
export const IMAGE = text(
  new RegExp(
    `^[a-z0-9.-]+/[a-z0-9._/-]+(${DIGEST}|:(?!latest(@|$))[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(${DIGEST})?)$`,
  ),
  'an image by digest, host/path@sha256: and 64 hexadecimal digits, or by a tag that names a version, host/path:1.2.3',
);
const BY_DIGEST = new RegExp(`${DIGEST}$`);

/** Whether an image is named by its content, so that nobody can change what the name means. */
export const isByDigest = (image: string): boolean => BY_DIGEST.test(image);
export const NODE_IMAGE_REFERENCE = text(
  new RegExp(`^docker\\.io/library/node(:\\d+\\.\\d+\\.\\d+(-[a-z0-9.-]+)?)?(${DIGEST})?(?<!node)$`),
  'Docker Hub’s Node image at an exact version or by digest, such as docker.io/library/node:24.1.0',
);
export const TOPIC_NAME = text(
  /^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
  'a topic’s name of 3 to 255 characters, a letter first and not goog',
);
/** Names of 255 characters less the longest ending that a name made from it has, `-delivery-events`. */
export const STREAM_TOPIC_NAME = text(
  /^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,238}$/,
  'a topic’s name of 3 to 239 characters, a letter first and not goog',
);
export const FULL_STREAM_TOPIC = text(
  /^projects\/[^/]+\/topics\/[^/]{1,239}$/,
  'a full name: projects/…/topics/…, its last part of at most 239 characters',
);
export const FULL_TOPIC = text(/^projects\/[^/]+\/topics\/[^/]+$/, 'a full name: projects/…/topics/…');
