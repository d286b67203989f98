import type { Step } from './provider-schema-path.ts';

/** A reference such as `google_pubsub_topic.events.id`: a first name, and the way on from it. */
export interface Traversal {
  readonly root: string;
  readonly steps: readonly Step[];
  readonly text: string;
}

const NAME = /[A-Za-z_][\w-]*/y;
const STEP = /\.(?<name>[A-Za-z_][\w-]*)|\.(?<legacy>\d+)|(?<splat>\.\*|\[\*\])/y;
const FOR = /\bfor\s+([\w-]+)(?:\s*,\s*([\w-]+))?\s+in\b/g;
const WORDS: ReadonlySet<string> = new Set('true false null for in if else endif endfor'.split(' '));
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** Behind the quote that ends a string of an expression; strings hold expressions, which hold strings. */
const stringEnd = (text: string, quote: number): number => {
  let at = quote + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at += 2;
    else if (/[$%]/.test(text[at] ?? '') && text[at + 1] === '{') at = bracketEnd(text, at + 1);
    else at += 1;
  }
  return at + 1;
};

/** Behind the bracket that closes the one at `open`. */
const bracketEnd = (text: string, open: number): number => {
  const closing = CLOSING[text[open] ?? ''];
  let at = open + 1;
  while (at < text.length && text[at] !== closing) {
    const char = text[at] ?? '';
    if (char === '"') at = stringEnd(text, at);
    else at = char in CLOSING ? bracketEnd(text, at) : at + 1;
  }
  return at + 1;
};

/** The expressions in a string, without what marks them. `$${` is no expression. */
export const expressionsIn = (text: string): readonly string[] => {
  const found: string[] = [];
  let at = 0;
  while (at < text.length) {
    const mark = text.slice(at, at + 3);
    if (/^(\$\$|%%)\{/.test(mark)) at += 3;
    else if (/^[$%]\{/.test(mark)) {
      const end = bracketEnd(text, at + 1);
      found.push(text.slice(at + 2, end - 1));
      at = end;
    } else at += 1;
  }
  return found;
};

/** Whether a string is one expression and nothing else, and so may be of any type. */
export const isExpression = (text: string): boolean =>
  text.startsWith('${') && bracketEnd(text, 1) === text.length && text.endsWith('}');

interface Read {
  readonly steps: readonly Step[];
  readonly inner: readonly Traversal[];
  readonly end: number;
}

const readSteps = (text: string, from: number): Read => {
  const steps: Step[] = [];
  const inner: Traversal[] = [];
  let end = from;
  for (;;) {
    const step = matchAt(STEP, text, end);
    if (step) {
      const { name, legacy } = step.groups ?? {};
      steps.push(name ? { kind: 'name', name } : { kind: legacy ? 'index' : 'splat' });
      end = STEP.lastIndex;
    } else if (text[end] === '[') {
      const close = bracketEnd(text, end);
      inner.push(...traversalsOf(text.slice(end + 1, close - 1)));
      steps.push({ kind: 'index' });
      end = close;
    } else return { steps, inner, end };
  }
};

/** The references of one expression. Calls, words and the variables of a `for` are none. */
export const traversalsOf = (expression: string): readonly Traversal[] => {
  const own = new Set([...expression.matchAll(FOR)].flatMap(([, one = '', other = '']) => [one, other]));
  const found: Traversal[] = [];
  let at = 0;
  while (at < expression.length) {
    const [root = ''] = matchAt(NAME, expression, at) ?? [];
    if (expression[at] === '"') {
      const end = stringEnd(expression, at);
      found.push(...expressionsIn(expression.slice(at + 1, end - 1)).flatMap(traversalsOf));
      at = end;
    } else if (root === '') at += 1;
    else {
      const { steps, inner, end } = readSteps(expression, at + root.length);
      const isCall = expression[end] === '(';
      // What follows a call or a bracket is a part of its result.
      const isPart = expression[at - 1] === '.';
      found.push(...inner);
      if (!isCall && !isPart && !WORDS.has(root) && !own.has(root))
        found.push({ root, steps, text: expression.slice(at, end) });
      at = end;
    }
  }
  return found;
};
