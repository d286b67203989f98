import { describe, expect, it } from '@jest/globals';
import { Fn, Token } from 'cdktf';
import { PropsError, type SecretsProps } from '../../constructs/index.ts';
import { withFragment } from '../../tools/reference/example-props.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';

const VALUES = { 'track-api-key': { version: 3 } } as const;

const resourcesOf = (secrets: SecretsProps): readonly SynthesizedResource[] =>
  resourcesIn(synthesizeProps(withFragment({ secrets })));

const placeholdersIn = (resources: readonly SynthesizedResource[]): readonly SynthesizedResource[] =>
  resources.filter(({ path }) => path.endsWith('-placeholder'));

/** A resource as the provider sees it: what it depends on orders an apply and is in no plan. */
const attributesOf = ({ body: { depends_on: _order, ...attributes } }: SynthesizedResource): object =>
  attributes;

describe('secrets.placeholders', () => {
  const before = resourcesOf({ values: VALUES });
  const after = resourcesOf({ values: VALUES, placeholders: false });

  it('gives every secret a placeholder by default', () => {
    const secrets = before.filter(({ type }) => type === 'google_secret_manager_secret');
    expect(placeholdersIn(before)).toHaveLength(secrets.length);
    expect(placeholdersIn(resourcesOf({ placeholders: true }))).toHaveLength(secrets.length);
  });

  it('set to false takes the placeholders out and changes nothing else', () => {
    const left = new Set(after.map(({ address }) => address));
    const gone = before.filter(({ address }) => !left.has(address));
    expect(gone).toEqual(placeholdersIn(before));
    const kept = before.filter(({ address }) => left.has(address));
    expect(after.map(attributesOf)).toEqual(kept.map(attributesOf));
  });

  it('leaves what is taken out as it is in Secret Manager: neither destroyed nor disabled', () => {
    for (const { body } of placeholdersIn(before)) expect(body['deletion_policy']).toBe('ABANDON');
  });

  it('leaves no reference to a placeholder behind', () => {
    expect(JSON.stringify(after)).not.toContain('-placeholder');
    expect(JSON.stringify(before)).toContain('-placeholder');
  });

  it('as a list names the secrets that still get one', () => {
    const listed = resourcesOf({ placeholders: ['webhook-signing-keys'] });
    expect(placeholdersIn(listed).map(({ path }) => path)).toEqual([
      'secrets/webhook-signing-keys-placeholder',
    ]);
    expect(placeholdersIn(resourcesOf({ placeholders: [] }))).toEqual([]);
  });

  it('must be known at synth, as must the names in its list', () => {
    for (const [placeholders, at] of [
      [Token.asAny('x') as unknown as boolean, ''],
      [Token.asList('x') as never, ''],
      [[Fn.upper('x') as 'track-api-key'], '[0]'],
    ] as const) {
      expect(() => resourcesOf({ placeholders })).toThrow(PropsError);
      expect(() => resourcesOf({ placeholders })).toThrow(
        `secrets.placeholders${at} must be known at synth, not a token`,
      );
    }
  });
});
