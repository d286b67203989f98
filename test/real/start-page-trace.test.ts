import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import type { Page } from 'playwright-core';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import { Problem, problemHandler } from '../../app/runtime/http/problem.ts';
import { AT, CORRELATION_ID, DELIVERY, FOUND, HOSTILE, ID, POLLED } from '../support/canned-trace.ts';
import { type OpenPage, RealChromium, whyNoChromium } from '../support/real-chromium.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { contrasts, sidewaysScroll, untilText } from '../support/start-page.ts';

const LIMIT_MS = 60_000;
const CONTRAST = 4.5;
const NOTE = '#trace-note';
const reason = whyNoChromium();

(reason === undefined ? describe : describe.skip)(
  `the trace of the start page in Chromium${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let server: Server;
    let origin: string;
    let chromium: RealChromium;
    let answer: RequestHandler;
    const asked: string[] = [];
    const opened: Page[] = [];

    const open = async (hash = '', width = 1200, scheme: 'light' | 'dark' = 'light'): Promise<OpenPage> => {
      const one = await chromium.open(`${origin}/${hash}`, { width, scheme });
      opened.push(one.page);
      return one;
    };
    const trace = async (page: Page, id: string): Promise<void> => {
      await page.getByLabel('Id', { exact: true }).fill(id);
      await page.getByRole('button', { name: 'Trace', exact: true }).click();
    };

    beforeAll(async () => {
      const app = express().use(express.static('app/local/page'));
      for (const [path, body] of Object.entries(POLLED))
        app.get(path, (_request, response) => void response.json(body));
      app.get('/trace/:id', (request, response, next) => {
        asked.push(request.params.id);
        return answer(request, response, next);
      });
      app.use(problemHandler(new RecordingLogger()));
      const listening = await listen(app, 0, '127.0.0.1');
      server = listening.server;
      origin = `http://localhost:${listening.port}`;
      chromium = await RealChromium.start();
    }, LIMIT_MS);
    beforeEach(() => {
      asked.length = 0;
      answer = (request, response) => void response.json({ id: request.params['id'], ...FOUND });
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((page) => page.close()));
    });
    afterAll(async () => {
      await chromium?.close();
      await closeServer(server, 0);
    });

    it(
      'shows the verdicts first, then the timeline, of the id in the form',
      async () => {
        const { page, errors } = await open();
        await trace(page, `  ${ID} `);
        await untilText(page, NOTE, `What became of ${ID}:`);
        expect(new URL(page.url()).hash).toBe(`#trace=${ID}`);
        expect(await page.locator('#verdicts li').allTextContents()).toEqual([
          `Event ${ID}: delivered to Customer.io at ${AT}.250Z.`,
          `Event e2: a dead letter since ${AT}.000Z: invalid at stage customerio: ${HOSTILE}.`,
          `Delivery ${DELIVERY}: the last that is known of the message: email opened at ${AT}.000Z. It comes from event ${ID}.`,
          `Without an id of its own: webhook w1: ‘timestamp’ is no number of seconds, at ${AT}.500Z.`,
        ]);
        const table = page.getByRole('table', { name: 'Timeline, oldest first' });
        const first = table.locator('tbody tr').first().locator('td');
        expect(await first.allTextContents()).toEqual([
          '2026-11-24 08:00:00.123',
          'customerio.track',
          'track accepted (partition 3, offset 7)',
          `event ${ID}message m-1correlation ${CORRELATION_ID}person ada`,
        ]);
        expect(await first.locator('time').getAttribute('title')).toBe(`${AT}.123Z`);
        expect(await page.locator('#verdicts .bad, #steps .bad').count()).toBe(4);
        const [verdicts, timeline] = [
          await page.locator('#verdicts').boundingBox(),
          await table.boundingBox(),
        ];
        expect(verdicts?.y).toBeLessThan(timeline?.y ?? 0);
        expect(await page.locator('#trace-remarks').textContent()).toBe(
          'Looked in delivery_events, customerio.track, customerio.dlq from 2026-11-24T08:00:00.000Z on. Not read to the end: customerio.dlq.',
        );
        expect(errors).toEqual([]);
      },
      LIMIT_MS,
    );

    it(
      'takes what is found as text, whatever it holds',
      async () => {
        const { page } = await open(`#trace=${ID}`);
        await untilText(page, '#verdicts', HOSTILE);
        expect(await page.locator('#trace img').count()).toBe(0);
        expect(await page.title()).toBe('customerio-platform, running locally');
      },
      LIMIT_MS,
    );

    it.each(['a b/+@é#?%&', '../status.json', '100%', '名前', `"'<b>`])(
      'asks for %s as it is, from the form, from the address, and by a link',
      async (id) => {
        answer = (_request, response) =>
          void response.json({
            id,
            verdicts: [],
            steps: [{ ...FOUND.steps[0], messageId: id }],
            searched: {},
          });
        const { page } = await open();
        await trace(page, id);
        await untilText(page, NOTE, `What became of ${id}:`);
        await page.reload();
        await untilText(page, NOTE, `What became of ${id}:`);
        await trace(page, 'm-2');
        await untilText(page, NOTE, 'What became of m-2:');
        await page.locator('#steps').getByRole('link', { name: id, exact: true }).click();
        await untilText(page, NOTE, `What became of ${id}:`);
        expect(asked).toEqual([id, id, 'm-2', id]);
      },
      LIMIT_MS,
    );

    it(
      'goes back and forward, and forgets the trace when the address holds none',
      async () => {
        const { page } = await open();
        for (const id of ['one', 'two']) {
          await trace(page, id);
          await untilText(page, NOTE, `What became of ${id}:`);
        }
        await page.goBack();
        await untilText(page, NOTE, 'What became of one:');
        await page.goBack();
        await page.locator(NOTE).waitFor({ state: 'hidden' });
        expect(await page.locator('#trace-found').isVisible()).toBe(false);
      },
      LIMIT_MS,
    );

    it(
      'asks again when the same id is given again',
      async () => {
        const { page } = await open(`#trace=${ID}`);
        await untilText(page, NOTE, 'What became of');
        answer = (_request, response) =>
          void response.json({ id: ID, verdicts: [], steps: [], searched: { a: true } });
        await trace(page, ID);
        await untilText(page, NOTE, `Nothing is known of ${ID}.`);
        expect(await page.locator('#trace-remarks').textContent()).toBe('Looked in a.');
        expect(await page.locator('#trace-found').isVisible()).toBe(false);
      },
      LIMIT_MS,
    );

    it(
      'shows what was asked last, though an older answer comes later',
      async () => {
        const late = Promise.withResolvers<void>();
        answer = async (request, response) => {
          if (request.params['id'] === 'slow') await late.promise;
          response.json({ id: request.params['id'], ...FOUND });
        };
        const { page } = await open();
        await page.evaluate(`
          globalThis.notes = [];
          new MutationObserver(() => notes.push(document.querySelector('${NOTE}').textContent))
            .observe(document.querySelector('${NOTE}'), { childList: true });
        `);
        await trace(page, 'slow');
        await untilText(page, NOTE, 'Looking for slow …');
        await trace(page, 'quick');
        await untilText(page, NOTE, 'What became of quick:');
        late.resolve();
        await trace(page, 'last');
        await untilText(page, NOTE, 'What became of last:');
        const shown = (await page.evaluate('notes')) as readonly string[];
        expect(shown.filter((note) => note.startsWith('What'))).toEqual([
          'What became of quick:',
          'What became of last:',
        ]);
        expect(asked).toEqual(['slow', 'quick', 'last']);
      },
      LIMIT_MS,
    );

    it.each([
      [404, 'not_found', 'nothing is known of x in the topics'],
      [403, 'local_only', 'the trace answers this machine only'],
      [503, 'starting', 'still starting'],
    ])(
      'says %i in the words of the answer',
      async (status, code, words) => {
        const { page } = await open(`#trace=${ID}`);
        await untilText(page, NOTE, 'What became of');
        answer = () => {
          throw new Problem(status, code, words);
        };
        await trace(page, 'x');
        await untilText(page, `${NOTE}.bad`, `x could not be traced: ${words}.`);
        expect(await page.locator('#trace-found').isVisible()).toBe(false);
      },
      LIMIT_MS,
    );

    it(
      'says what else goes wrong',
      async () => {
        const { page } = await open('#trace=%E0%A4%A');
        await untilText(page, `${NOTE}.bad`, 'The address holds no id that could be read.');
        await trace(page, ' ');
        await untilText(page, `${NOTE}.bad`, 'Give an id first.');
        expect(asked).toEqual([]);
        answer = (_request, response) => void response.status(502).send('<html>');
        await trace(page, 'x');
        await untilText(page, `${NOTE}.bad`, 'x could not be traced: HTTP 502.');
        answer = (_request, response) => void response.send('<html>');
        await trace(page, 'x');
        await untilText(page, `${NOTE}.bad`, 'x could not be traced: the answer is no JSON.');
        answer = (_request, response) => void response.destroy();
        await trace(page, 'x');
        await untilText(page, `${NOTE}.bad`, 'x could not be traced: not reachable.');
      },
      LIMIT_MS,
    );

    it(
      'stays quick with a person who did a lot, says what is left out, and leaves out no trouble',
      async () => {
        const steps = Array.from({ length: 1_000 }, (_none, n) => ({ ...FOUND.steps[2], what: `step ${n}` }));
        const verdicts = steps.map((_step, n) => ({
          state: n === 999 ? 'dead' : 'delivered',
          eventId: `e${n}`,
          words: `verdict ${n}`,
        }));
        answer = (_request, response) => void response.json({ id: 'ada', verdicts, steps, searched: {} });
        const { page } = await open('#trace=ada');
        await untilText(page, '#trace-remarks', '1600 more are not shown');
        expect(await page.locator('#steps tr').count()).toBe(200);
        await untilText(page, '#steps', 'step 999');
        expect(await page.locator('#verdicts li').count()).toBe(200);
        expect(await page.locator('#verdicts li').first().textContent()).toBe('Event e999: verdict 999.');
      },
      LIMIT_MS,
    );

    it.each([
      [400, 'light'],
      [400, 'dark'],
      [1200, 'light'],
      [1200, 'dark'],
    ] as const)(
      'can be read at %i px, %s',
      async (width, scheme) => {
        const { page } = await open(`#trace=${DELIVERY}`, width, scheme);
        await untilText(page, NOTE, 'What became of');
        expect(await sidewaysScroll(page)).toBe(0);
        expect((await contrasts(page)).filter(([, ratio]) => ratio < CONTRAST)).toEqual([]);
      },
      LIMIT_MS,
    );
  },
);
