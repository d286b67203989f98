import { type Secret, UNSET } from '../../contract/secrets.ts';
import type { Setting } from '../../contract/setting.ts';
import { parseSetting, shapeOf, type WeakKey } from './parse-setting.ts';

/** What became of a text: taken over (or the same as before), the placeholder, refused for a good value that is held, or a broken rule. */
export type Taken =
  | { readonly kind: 'same' | 'changed' | 'unset' | 'kept' }
  | { readonly kind: 'faulty'; readonly rule: string };

/** A secret setting as it is read: {@link Secret}, and how it takes a new text over. */
export class SecretSetting<T = unknown> implements Secret<T> {
  readonly name: string;
  readonly setting: Setting;
  /** The mounted file; undefined for a value from a variable, which never changes. */
  readonly path: string | undefined;
  #text: string | undefined;
  #current: T | undefined;
  #weak: readonly WeakKey[] = [];

  constructor(name: string, setting: Setting, path: string | undefined) {
    this.name = name;
    this.setting = setting;
    this.path = path;
  }

  get current(): T | undefined {
    return this.#current;
  }

  get state(): 'set' | 'unset' | 'absent' {
    if (this.#text === undefined) return 'absent';
    return this.#current === undefined ? 'unset' : 'set';
  }

  /** Of write keys: those that are not as they should be. */
  get weak(): readonly WeakKey[] {
    return this.#weak;
  }

  /**
   * Takes a text over. A text that breaks a rule leaves everything as it was, and so does the placeholder where a value is held: no good
   * value is ever given up for none.
   *
   * @returns for a broken rule: the rule and the shape of the text, never the text
   */
  take(text: string): Taken {
    if (text === this.#text) return { kind: 'same' };
    if (text === '') return { kind: 'faulty', rule: 'must not be empty' };
    const parsed = text === UNSET ? { value: undefined } : parseSetting(this.setting, text);
    if ('rule' in parsed) return { kind: 'faulty', rule: parsed.rule + shapeOf(text) };
    const { value, weak = [] } = parsed;
    // Of keys that are all placeholders none is left.
    const isUnset = value === undefined || (Array.isArray(value) && value.length === 0);
    if (isUnset && this.#current !== undefined) return { kind: 'kept' };
    this.#text = text;
    this.#current = isUnset ? undefined : (value as T);
    this.#weak = weak;
    return { kind: isUnset ? 'unset' : 'changed' };
  }
}

/** The secret settings of a parsed configuration. */
export const secretsIn = (config: object): readonly SecretSetting[] =>
  Object.values(config).filter((value) => value instanceof SecretSetting);
