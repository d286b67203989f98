import type { Page } from 'playwright-core';

const JSON_TYPE = { 'content-type': 'application/json' };

const post = async (url: string, body: object, headers: Readonly<Record<string, string>>): Promise<void> => {
  const init = { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
};

/** Gives an event to the ingest of a running `npm start`. */
export const send = (url: string, type: string, body: object): Promise<void> =>
  post(`${url}/v1/${type}`, body, { authorization: `Basic ${btoa('local:')}` });

/** Has the fake of a running `npm start` emit a webhook. */
export const emit = (url: string, webhook: object): Promise<void> =>
  post(`${url}/fake-customerio/_control/webhooks`, webhook, {});

/** Waits until an element has a text. @throws TimeoutError of Playwright, which names both */
export const untilText = (page: Page, selector: string, text: string | RegExp): Promise<void> =>
  page.locator(selector).filter({ hasText: text }).waitFor({ state: 'visible' });

/** What the window can be scrolled sideways, in pixels. */
export const sidewaysScroll = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));

/** On how many lines the text of the last cell of each row stands. */
export const linesOfLastCells = (page: Page, table: string): Promise<readonly number[]> =>
  page.evaluate(`[...document.querySelectorAll('${table} td:last-child')].map((cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return new Set([...range.getClientRects()].map((line) => line.top)).size;
  })`);

/** WCAG 2.2, 1.4.3: relative luminances, the lighter over the darker, each plus 0.05. */
const CONTRASTS = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const [r, g, b] = rgba(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return 'white';
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const [one, other] = [light(ink), light(groundOf(element))].sort((a, b) => b - a);
    found.push([element.textContent.trim().slice(0, 40), (one + 0.05) / (other + 0.05)]);
  }
  return found;
})()`;

/** Each text that is shown, with its contrast to what is behind it. */
export const contrasts = (page: Page): Promise<readonly (readonly [text: string, ratio: number])[]> =>
  page.evaluate(CONTRASTS);

/** What Chromium tells assistive technology of the page: each node's role and name. */
export const accessible = async (
  page: Page,
): Promise<readonly { readonly role: string; readonly name: string }[]> => {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes.flatMap(({ ignored, role, name }) =>
    ignored ? [] : [{ role: String(role?.value), name: String(name?.value ?? '') }],
  );
};
