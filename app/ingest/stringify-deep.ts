interface Frame {
  readonly isArray: boolean;
  readonly entries: readonly (readonly [string, unknown])[];
  next: number;
}

const frameOf = (value: object): Frame => ({
  isArray: Array.isArray(value),
  entries: Object.entries(value),
  next: 0,
});

/** Writes the frame's next entry, or its end; returns the child to descend into, `null` at the end. */
const step = (frame: Frame, parts: string[]): object | undefined | null => {
  const entry = frame.entries[frame.next];
  if (entry === undefined) {
    parts.push(frame.isArray ? ']' : '}');
    return null;
  }
  const [name, child] = entry;
  const separator = frame.next > 0 ? ',' : '';
  frame.next += 1;
  parts.push(frame.isArray ? separator : `${separator}${JSON.stringify(name)}:`);
  if (typeof child === 'object' && child !== null && !JSON.isRawJSON(child)) return child;
  parts.push(JSON.stringify(child));
  return undefined;
};

/**
 * JSON text of a parsed JSON value of any depth. `JSON.stringify` recurses and overflows the stack some thousand levels
 * down, and an event that was refused for its depth must still be kept as it came.
 *
 * @example stringifyDeep({ a: [1] }) // '{"a":[1]}'
 */
export const stringifyDeep = (value: unknown): string => {
  const root = frameOf([value]);
  const parts: string[] = [];
  const stack = [root];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const child = step(frame, parts);
    if (child === null) stack.pop();
    else if (child) {
      parts.push(Array.isArray(child) ? '[' : '{');
      stack.push(frameOf(child));
    }
  }
  return parts.slice(0, -1).join('');
};
