import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Child, freePort, startFile } from '../support/child.ts';
import { type Look, type OpenPage, RealChromium, whyNoChromium } from '../support/real-chromium.ts';
import {
  accessible,
  contrasts,
  emit,
  linesOfLastCells,
  send,
  sidewaysScroll,
  untilText,
} from '../support/start-page.ts';

const LIMIT_MS = 90_000;
const EMAIL = 'ada.lovelace@mathematics.example.com';
const DELIVERY = 'RPILAgUBcRhIBqSfeiIwdIYJKxTY';
/** What every text needs (WCAG 2.2, 1.4.3). */
const CONTRAST = 4.5;
const reason = whyNoChromium();

const now = Math.floor(Date.now() / 1000);
const YESTERDAY = now - 24 * 60 * 60;

const REPORTED = [
  { metric: 'sent', data: { delivery_id: DELIVERY } },
  { metric: 'sent', data: { delivery_id: 'd2' } },
  { metric: 'sent', data: { delivery_id: 'd3' } },
  { metric: 'delivered', data: { delivery_id: DELIVERY } },
  { metric: 'delivered', data: { delivery_id: 'd2' } },
  { metric: 'opened', data: { delivery_id: DELIVERY } },
  { metric: 'opened', data: { delivery_id: 'd2', prefetched: true } },
  { metric: 'converted', data: { delivery_id: DELIVERY }, timestamp: YESTERDAY },
  { metric: 'converted', data: { delivery_id: DELIVERY } },
  { metric: 'bounced', data: { delivery_id: 'd3' } },
].map((event) => ({ object_type: 'email', person: 'ada', timestamp: now, ...event }));

const FUNNEL =
  'Funnel: sent 3, delivered 2 (67 % of sent), opened 1 (33 % of sent), clicked 0 (0 % of sent), converted 1 (33 % of sent)';
const NOTE = '#webhooks-note';

(reason === undefined ? describe : describe.skip)(
  `the start page in Chromium${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let folder: string;
    let port: string;
    let local: Child;
    let chromium: RealChromium;
    const opened: Page[] = [];

    const start = async (): Promise<void> => {
      local = await startFile('app/local/main.ts', { PORT: port, LOG_LEVEL: 'silent' }, folder);
    };
    const open = async (look: Look = {}): Promise<OpenPage> => {
      const one = await chromium.open(`http://localhost:${port}/`, look);
      opened.push(one.page);
      return one;
    };
    const isShown = (page: Page): Promise<void> => page.locator('#funnel').waitFor({ state: 'visible' });

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'cio-page-'));
      port = String(await freePort());
      [chromium] = await Promise.all([RealChromium.start(), start()]);
      await send(local.url, 'identify', { userId: 'ada', traits: { email: EMAIL } });
    }, LIMIT_MS);
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((page) => page.close()));
    });
    afterAll(async () => {
      await Promise.all([chromium?.close(), local?.kill()]);
      rmSync(folder, { recursive: true, force: true });
    });

    it(
      'follows an event to Customer.io, and says where webhooks come from while there is none',
      async () => {
        const { page, errors } = await open();
        await untilText(page, NOTE, 'No webhook has come yet');
        await page.getByRole('button', { name: 'Send a test event' }).click();
        await untilText(page, '#answer', '"accepted":1');
        await untilText(page, '#summary', 'Events in the topics: 2. Dead letters: 0.');
        await untilText(page, '#requests', '/fake-customerio/track/api/v2/batch');
        await page.getByRole('link', { name: 'Trace this event' }).click();
        await untilText(page, '#verdicts', 'delivered to Customer.io');
        await untilText(page, '#steps', 'test-person');
        expect(errors).toEqual([]);
      },
      LIMIT_MS,
    );

    describe('once webhooks have come', () => {
      let live: OpenPage;

      beforeAll(async () => {
        live = await open();
        await untilText(live.page, NOTE, 'No webhook has come yet');
        for (const event of REPORTED) await emit(local.url, event);
      }, LIMIT_MS);

      it(
        'shows at once the funnel, each delivery once in a step, and the latest events',
        async () => {
          const { page, errors } = live;
          await page.getByRole('img', { name: FUNNEL }).waitFor();
          await untilText(page, '#troubles', 'Beside these: 1 bounced, 0 unsubscribed, 0 spammed.');
          const rows = page.getByRole('table', { name: 'Latest events, newest first' }).locator('tbody tr');
          await rows.nth(9).waitFor();
          const shown = (seconds: number): string => new Date(seconds * 1000).toISOString();
          const cells = await rows.nth(2).locator('td').allTextContents();
          const time = shown(YESTERDAY);
          expect(cells).toEqual([
            time.slice(0, 19).replace('T', ' '),
            'email converted',
            'ada',
            DELIVERY,
            EMAIL,
          ]);
          expect(await rows.nth(2).locator('time').getAttribute('title')).toBe(time);
          expect(errors).toEqual([]);
        },
        LIMIT_MS,
      );

      it(
        'leads from a person and from a delivery to the trace, which the address names',
        async () => {
          const { page } = await open();
          const row = page.locator('#events tr').last();
          await row.getByRole('link', { name: DELIVERY }).click();
          await page.waitForURL(`**/#trace=${DELIVERY}`);
          expect(await page.getByLabel('Id', { exact: true }).inputValue()).toBe(DELIVERY);
          await untilText(page, '#trace-note', `What became of ${DELIVERY}:`);
          await untilText(page, '#verdicts', `Delivery ${DELIVERY}: the last that is known of the message`);
          expect(await page.locator('#steps tr').count()).toBe(5);
          await row.getByRole('link', { name: 'ada' }).click();
          await page.waitForURL('**/#trace=ada');
          await untilText(page, '#trace-note', 'What became of ada:');
          await untilText(page, '#verdicts', 'delivered to Customer.io');
          expect(await page.locator('#steps tr').count()).toBeGreaterThan(10);
        },
        LIMIT_MS,
      );

      it(
        'recovers by itself when npm start is stopped and started again',
        async () => {
          const { page } = await open();
          await isShown(page);
          await local.stop();
          await untilText(page, `${NOTE}.bad`, 'not reachable');
          await start();
          await page.locator(NOTE).waitFor({ state: 'hidden' });
          expect(await page.getByRole('img', { name: FUNNEL }).isVisible()).toBe(true);
          expect(await page.locator('main .bad').count()).toBe(0);
        },
        LIMIT_MS,
      );

      it(
        'says steadily that queries fail, and shows what they give once they succeed',
        async () => {
          const { page } = await open();
          await isShown(page);
          let failed = 0;
          await page.route('**/warehouse/query', (route) => {
            failed += 1;
            return route.fulfill({ status: 503, json: { message: 'the warehouse is closed' } });
          });
          await page.reload();
          await untilText(page, `${NOTE}.bad`, 'The warehouse gives no answer: the warehouse is closed.');
          await page.evaluate(`
          globalThis.notes = [];
          new MutationObserver(() => notes.push(document.querySelector('${NOTE}').textContent))
            .observe(document.querySelector('${NOTE}'), { attributes: true, childList: true, characterData: true, subtree: true });
        `);
          for (const until = failed + 3; failed < until; ) await page.waitForResponse('**/warehouse/query');
          expect(await page.evaluate('notes')).toEqual([]);
          await page.unroute('**/warehouse/query');
          await page.locator(NOTE).waitFor({ state: 'hidden' });
          await isShown(page);
        },
        LIMIT_MS,
      );

      it.each([
        [400, 'light'],
        [400, 'dark'],
        [1200, 'light'],
        [1200, 'dark'],
      ] as const)(
        'can be read at %i px, %s: nothing sideways, addresses whole, contrast, tables that are tables',
        async (width, scheme) => {
          const { page, errors } = await open({ width, scheme });
          await isShown(page);
          await page.locator('#events tr').nth(9).waitFor();
          expect(await sidewaysScroll(page)).toBe(0);
          expect(new Set(await linesOfLastCells(page, '#events'))).toEqual(new Set([1]));
          const texts = await contrasts(page);
          expect(texts.length).toBeGreaterThan(100);
          expect(texts.filter(([, ratio]) => ratio < CONTRAST)).toEqual([]);
          const told = await accessible(page);
          expect(told).toContainEqual({ role: 'table', name: 'Latest events, newest first' });
          expect(told).toContainEqual({ role: 'columnheader', name: 'Delivery' });
          expect(told).toContainEqual({ role: 'image', name: FUNNEL });
          expect(told.filter(({ role }) => role === 'cell').length).toBeGreaterThan(50);
          expect(errors).toEqual([]);
        },
        LIMIT_MS,
      );
    });
  },
);
