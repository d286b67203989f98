import { Router } from 'express';
import { APP, type ApiCall, apiCall } from '../api-call.ts';
import type { FakeState } from '../fake-state.ts';
import { answerMessage, answerMessages } from './app-messages.ts';
import {
  answerCreateWebhook,
  answerDeleteWebhook,
  answerUpdateWebhook,
  answerWebhook,
  answerWebhooks,
} from './app-reporting-webhooks.ts';

type Answer = (call: ApiCall) => void;

const ROUTES: readonly (readonly ['get' | 'put' | 'post' | 'delete', string, Answer])[] = [
  ['get', '/messages', answerMessages],
  ['get', '/messages/:delivery', answerMessage],
  ['get', '/reporting_webhooks', answerWebhooks],
  ['post', '/reporting_webhooks', answerCreateWebhook],
  ['get', '/reporting_webhooks/:webhook', answerWebhook],
  ['put', '/reporting_webhooks/:webhook', answerUpdateWebhook],
  ['delete', '/reporting_webhooks/:webhook', answerDeleteWebhook],
];

/** The part of the App API that webhooks need (contract, section 5.3). Other paths are unknown. */
export const appRouter = (state: FakeState): Router => {
  const router = Router({ caseSensitive: true, strict: true });
  for (const [method, path, answer] of ROUTES) {
    router[method](path, apiCall(state, { api: APP, people: () => [], items: () => 1, answer }));
  }
  return router;
};
