import type { WarehouseProps } from '../props/warehouse-props.ts';
import { type Faults, isToken, type Rule } from './faults.ts';
import { MEMBER, text } from './rules.ts';

const KIND = /^(user|serviceAccount|group|domain|principal|principalSet):/;

/** BigQuery answers addresses and domains in lower case: another spelling would show as a change in every plan. */
const DATASET_MEMBER: Rule = (value) => {
  const broken = MEMBER(value);
  if (broken !== undefined || String(value).startsWith('principal')) return broken;
  return /:.*[A-Z]/.test(String(value)) ? 'must be in lower case, as BigQuery answers it' : undefined;
};

const VIEW = text(/^[a-z][a-z0-9.:-]{2,60}\.\w{1,1024}\.[^.\s`]{1,1024}$/, 'a view: project.dataset.view');

/** The kind of a member says how BigQuery spells it, so it must be known also where Terraform alone knows the rest. */
const checkKinds = (prop: string, members: unknown, faults: Faults): void => {
  if (!Array.isArray(members)) return;
  for (const [index, member] of members.entries()) {
    if (isToken(member) && !KIND.test(String(member)))
      faults.add(
        `${prop}[${index}]`,
        'must begin with its kind, such as serviceAccount:, before a token',
        'a token',
      );
  }
};

/** Who has access to the dataset that is made. */
export const validateDatasetAccess = (warehouse: WarehouseProps, faults: Faults): void => {
  for (const name of ['readers', 'owners'] as const) {
    faults.exclusive('warehouse', warehouse, name, 'existingDataset');
    faults.known(`warehouse.${name}`, warehouse[name]);
    faults.each(`warehouse.${name}`, warehouse[name], DATASET_MEMBER);
    checkKinds(`warehouse.${name}`, warehouse[name], faults);
  }
  const { authorizedViews } = warehouse;
  faults.exclusive('warehouse', warehouse, 'authorizedViews', 'existingDataset');
  faults.known('warehouse.authorizedViews', authorizedViews);
  faults.each('warehouse.authorizedViews', authorizedViews, VIEW);
  if (Array.isArray(authorizedViews))
    for (const [index, view] of authorizedViews.entries())
      faults.known(`warehouse.authorizedViews[${index}]`, view);
};
