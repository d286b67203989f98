import type { PersonIdentifiers } from '../../contract/record.ts';

const CIO_PREFIX = 'cio_';

/** The shape of an address that Segment's destination and the v1 path of the Track API take for one. */
export const EMAIL =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;

/** Whether a text has the shape of an e-mail address. */
export const isEmail = (text: string): boolean => EMAIL.test(text);

/**
 * What identifies a person whose id is this text: one that begins `cio_` is Customer.io's own id, one of e-mail shape an address, any
 * other an id. Source: contract, section 2; Segment's Customer.io (Actions) destination judges alike.
 *
 * @example identifiersOf('cio_a3000001') // { cio_id: 'a3000001' }
 * @example identifiersOf('ada@example.com') // { email: 'ada@example.com' }
 */
export const identifiersOf = (id: string): PersonIdentifiers => {
  if (id.startsWith(CIO_PREFIX) && id.length > CIO_PREFIX.length) {
    return { cio_id: id.slice(CIO_PREFIX.length) };
  }
  return isEmail(id) ? { email: id } : { id };
};
