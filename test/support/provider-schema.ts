import { readFileSync } from 'node:fs';
import { blockFaults } from './provider-schema-block.ts';
import { cyclesIn } from './provider-schema-cycles.ts';
import { lifecycleFaults, META } from './provider-schema-meta.ts';
import { type Resolve, referencesIn, resolverFor } from './provider-schema-references.ts';
import { type Declared, declarationsIn, providersIn } from './provider-schema-stack.ts';
import { type Json, ownOf, type ProviderSchema, type Report } from './provider-schema-types.ts';

const FILE = `${import.meta.dirname}/../fixtures/google-provider-6.50.0-schema.json`;

/** The provider whose schema the fixture holds. */
const PROVIDER = 'google';

/** The schema of the provider, for the types in use; `tools/provider-schema-fixture.ts` makes it. */
export const PROVIDER_SCHEMA = JSON.parse(readFileSync(FILE, 'utf8')) as ProviderSchema;

const declaredFaults = (
  declared: Declared,
  { resources, data_sources }: ProviderSchema,
  resolve: Resolve,
  report: Report,
): void => {
  const { kind, type, body } = declared;
  const blocks = kind === 'data' ? data_sources : resources;
  const block = ownOf(blocks, type);
  if (!block) return report('', `no such ${kind === 'data' ? 'data source' : 'resource'} type`);
  // The provider's schema calls it optional, and Terraform refuses it all the same.
  if ('id' in body && block.attributes?.['id']?.required !== true) report('id', 'set by the provider alone');
  blockFaults(block, body, '', report, new Set([...META[kind], 'id']));
  lifecycleFaults(declared, block, resolve, report);
};

/**
 * What Terraform or the provider would refuse in a stack: unknown, missing or misplaced attributes and blocks, literals of the
 * wrong type, references to what is not there, and circles of them. Values are not judged, beyond their type.
 *
 * @param json a stack's `cdk.tf.json`, parsed
 * @param schema the provider's schema for the types that the stack uses
 * @returns one line a fault: `google_pubsub_topic.events: labels: map expected, got a string`
 */
export const schemaFaults = (json: Json, schema: ProviderSchema = PROVIDER_SCHEMA): readonly string[] => {
  const faults: string[] = [];
  const reportFor =
    (owner: string): Report =>
    (path, rule) =>
      faults.push([owner, path, rule].filter((part) => part !== '').join(': '));
  const declared = declarationsIn(json);
  const resolve = resolverFor(json, declared, schema);
  for (const [name, body] of providersIn(json)) {
    const report = reportFor(`provider.${name}`);
    if (name === PROVIDER) blockFaults(schema.provider_block, body, '', report, META.provider);
    else report('', 'no schema of this provider');
  }
  for (const one of declared) declaredFaults(one, schema, resolve, reportFor(one.address));
  const references = referencesIn(json, declared, resolve);
  for (const { owner, path, fault } of references) if (fault !== undefined) reportFor(owner)(path, fault);
  for (const cycle of cyclesIn(references)) reportFor(cycle[0] ?? '')('', `circle: ${cycle.join(' -> ')}`);
  return [...new Set(faults)];
};
