import { answerAppFaults } from '../answers.ts';
import type { ApiCall } from '../api-call.ts';
import type { Json } from '../operation-fault.ts';
import { webhookFaults, webhookFieldsOf } from '../reporting/reporting-webhook.ts';

const idOf = ({ request }: ApiCall): number => Number(request.params['webhook']);

const answerUnknown = ({ response }: ApiCall): void =>
  answerAppFaults(response, 404, ['the webhook id does not exist']);

/** `GET /reporting_webhooks` (contract, section 5.3). */
export const answerWebhooks = ({ state, response }: ApiCall): void => {
  response.json({ reporting_webhooks: state.reporting.webhooks.list });
};

/** `GET /reporting_webhooks/{id}`; 404 for an id that is not known. */
export const answerWebhook = (call: ApiCall): void => {
  const webhook = call.state.reporting.webhooks.get(idOf(call));
  if (webhook) call.response.json(webhook);
  else answerUnknown(call);
};

/** `POST /reporting_webhooks`: 400 for a malformed body, which names everything that is wrong. */
export const answerCreateWebhook = ({ state, response, body }: ApiCall): void => {
  const faults = webhookFaults(body);
  if (faults.length > 0) return answerAppFaults(response, 400, faults);
  const webhook = state.reporting.webhooks.create(webhookFieldsOf(body as Json));
  if (webhook) response.json(webhook);
  else answerAppFaults(response, 400, ['there are 20 webhooks already']);
};

/**
 * `PUT /reporting_webhooks/{id}`: like a create, name, endpoint and events included, as Customer.io documents it. (The
 * SDK's types say that some fields are enough; whoever sends all of them is right either way.)
 */
export const answerUpdateWebhook = (call: ApiCall): void => {
  const { state, response, body } = call;
  const before = state.reporting.webhooks.get(idOf(call));
  if (before === undefined) return answerUnknown(call);
  const faults = webhookFaults(body);
  if (faults.length > 0) return answerAppFaults(response, 400, faults);
  response.json(state.reporting.webhooks.update(before.id, webhookFieldsOf(body as Json, before)));
};

/** `DELETE /reporting_webhooks/{id}`: 204, and what waits for it is forgotten. */
export const answerDeleteWebhook = (call: ApiCall): void => {
  if (call.state.reporting.webhooks.remove(idOf(call))) call.response.status(204).end();
  else answerUnknown(call);
};
