import { ENV } from '../contract/env.ts';
import { type SecretName, UNSET } from '../contract/secrets.ts';
import type { Setting, SettingKind } from '../contract/setting.ts';
import { shapeOf } from '../runtime/config/parse-setting.ts';
import { SecretSetting } from '../runtime/config/secret-setting.ts';

/** Bytes of one version. Source: https://cloud.google.com/secret-manager/quotas. */
export const MOST_BYTES = 65_536;

/** A value that the roles would not take; the message has the rule and the value's shape, never the value. */
export class SecretValueError extends Error {
  override readonly name = 'SecretValueError';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    // The error says no more than that; the rule is the caller's to name.
    return undefined;
  }
};

/** The settings that read a secret. */
const settingsOf = (name: SecretName): readonly (readonly [string, Setting])[] =>
  Object.entries(ENV as Readonly<Record<string, Setting>>).filter(([, setting]) => setting.secret === name);

const KINDS_OF_LINES: readonly SettingKind[] = ['write-keys', 'lines'];

/** Whether a secret may hold several values, one a line. */
export const hasLines = (name: SecretName): boolean =>
  settingsOf(name).some(([, { kind }]) => KINDS_OF_LINES.includes(kind));

/** What a role makes of a version: a value, the placeholder, or a text that it refuses, by this rule. */
export type Held =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'placeholder' }
  | { readonly kind: 'faulty'; readonly rule: string };

/**
 * Judges a version's value as the roles do. Unlike {@link secretValue} it takes weak keys for a value, since roles work with them.
 *
 * @example heldBy('ingest-write-keys', Buffer.from('shop=unset')).kind // 'placeholder'
 */
export const heldBy = (name: SecretName, bytes: Uint8Array): Held => {
  const text = decoded(bytes);
  if (text === undefined) return { kind: 'faulty', rule: 'must be UTF-8 text' };
  if (text.trim() === UNSET) return { kind: 'placeholder' };
  for (const [variable, setting] of settingsOf(name)) {
    const taken = new SecretSetting(variable, setting, undefined).take(text.trim());
    if (taken.kind === 'faulty') return taken;
    if (taken.kind === 'unset') return { kind: 'placeholder' };
  }
  return { kind: 'value', text };
};

const linesOf = (text: string): string => (text.includes('\n') ? ` in ${text.split('\n').length} lines` : '');

const brokenRule = (name: SecretName, text: string): string | undefined => {
  if (text.trim() === '') return 'must not be empty';
  if (text.trim() === UNSET) return `must not be \`${UNSET}\`, the placeholder for a missing value`;
  if (!hasLines(name) && text !== text.trim())
    return `must have no white space around it${shapeOf(text)}${linesOf(text)}`;
  for (const [variable, setting] of settingsOf(name)) {
    const secret = new SecretSetting(variable, setting, undefined);
    const taken = secret.take(text);
    if (taken.kind === 'faulty') return taken.rule + linesOf(text);
    const [weak] = secret.weak;
    // Not by its source: where the two stand the wrong way round, that is the key.
    if (weak !== undefined) return `has a key, number ${weak.place}, that ${weak.rule}`;
  }
  return undefined;
};

/**
 * Reads a secret's value as the roles will read it: UTF-8, one line break at the end cut, judged by the parser of the setting
 * that reads the secret.
 *
 * @param bytes what was given, at most 65,536 bytes
 * @throws SecretValueError
 * @example secretValue('track-api-key', Buffer.from('k1\n')) // 'k1'
 */
export const secretValue = (name: SecretName, bytes: Uint8Array): string => {
  const fail = (rule: string): never => {
    throw new SecretValueError(`nothing was written: the value of ${name} ${rule}`);
  };
  if (bytes.length > MOST_BYTES) return fail(`must have at most ${MOST_BYTES} bytes`);
  const text = decoded(bytes)?.replace(/\r?\n$/, '');
  if (text === undefined) return fail(`must be UTF-8 text, got ${bytes.length} bytes`);
  const rule = brokenRule(name, text);
  return rule === undefined ? text : fail(rule);
};
