/** The funnel as a chart: a bar for each step, with its count and its share of those sent. */
import { byId, number, setText } from './elements.js';
import { STEPS, TROUBLES } from './queries.js';

const ROW_HEIGHT = 44;
const BAR = { y: 22, height: 12 };

const svg = (tag, attributes, text = '') => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};

/** What is not nothing must not read as none, nor what is not all as all: 3 of 5,066 are 0.06 %. */
const percent = (count, sent) => {
  const share = (100 * count) / sent;
  if (share > 99 && share < 100) return 'over 99 %';
  const digits = share > 0 && share < 10 ? { maximumSignificantDigits: share < 1 ? 1 : 2 } : {};
  return `${share.toLocaleString('en', { maximumFractionDigits: 0, ...digits })} %`;
};

/** Shares are told where they mean something: of what was sent, and no more than that. */
const labelOf = (count, sent, index) => {
  const hasShare = index > 0 && sent > 0 && count <= sent;
  return hasShare ? `${number(count)} (${percent(count, sent)} of sent)` : number(count);
};

const stepRow = (step, index, label, width) => {
  const group = svg('svg', { y: index * ROW_HEIGHT, width: '100%', height: ROW_HEIGHT });
  group.append(
    svg('text', { x: 0, y: 14 }, step),
    svg('text', { x: '100%', y: 14, 'text-anchor': 'end', class: 'count' }, label),
    svg('rect', { ...BAR, width: '100%', rx: 3, class: 'track' }),
    svg('rect', { ...BAR, width: `${width}%`, rx: 3, class: 'bar' }),
  );
  return group;
};

export const showFunnel = (totals) => {
  const chart = byId('funnel');
  const counts = STEPS.map((step) => Number(totals[step] ?? 0));
  const labels = counts.map((count, index) => labelOf(count, counts[0], index));
  const most = Math.max(1, ...counts);
  chart.setAttribute('height', STEPS.length * ROW_HEIGHT);
  chart.setAttribute(
    'aria-label',
    `Funnel: ${STEPS.map((step, index) => `${step} ${labels[index]}`).join(', ')}`,
  );
  chart.replaceChildren(
    ...STEPS.map((step, index) => stepRow(step, index, labels[index], (100 * counts[index]) / most)),
  );
  const troubles = TROUBLES.map((step) => `${number(Number(totals[step] ?? 0))} ${step}`);
  setText(
    byId('troubles'),
    `Deliveries, over all messages, each once. Prefetched opens and clicks by machines are left out. Beside these: ${troubles.join(', ')}.`,
  );
};
