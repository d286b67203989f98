import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { allProps, constructReference } from '../../tools/construct-reference.ts';
import { propsOfExample } from '../../tools/reference/example-props.ts';
import { countProps, readProps } from '../../tools/reference/read-props.ts';
import { synthesizeProps } from '../../tools/reference/synthesize-props.ts';
import { schemaFaults } from '../support/provider-schema.ts';

const PAGE = `${import.meta.dirname}/../../docs/construct.md`;

const leafOf = (path: string): string => path.split('.').at(-1) ?? '';

describe('the props', () => {
  const interfaces = [...readProps().values()];

  it('are all found in the source', () => {
    const found = interfaces.reduce((sum, { props }) => sum + props.length, 0);
    expect(found).toBe(countProps());
    expect(found).toBeGreaterThan(80);
  });

  it('all say what they are, have an example, and say their default where they are optional', () => {
    const silent = interfaces.flatMap(({ name, props }) =>
      props
        .filter(
          ({ about, example, optional, default: fallback }) => !about || !example || (optional && !fallback),
        )
        .map((prop) => `${name}.${prop.name}`),
    );
    expect(silent).toEqual([]);
  });

  it.each(allProps().map(({ path, example = '' }) => [path, example]))(
    'have an example that holds: %s',
    (path, example) => {
      expect(example).toContain(leafOf(path) === 'version' ? 'version' : leafOf(path));
      const json = synthesizeProps(propsOfExample(example));
      expect(schemaFaults(json)).toEqual([]);
    },
  );
});

describe('the page about the construct', () => {
  it('is as the source and what it synthesizes; `npm run reference` renews it', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(constructReference());
  });
});
