import { isIP } from 'node:net';
import type { Rule } from './faults.ts';

const PARTS = /^(.+)\/(0|[1-9]\d{0,2})$/;
const SERVER = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:([1-9]\d{0,4})$/;
const MOST_PORT = 65_535;
/** RFC 1918, section 3: first address and length of the prefix. */
const PRIVATE = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const;
/** Cloud Run needs room for each instance and the one that replaces it. */
const LONGEST_PREFIX = 26;

const partsOf = (value: unknown): readonly [string, number] | undefined => {
  const [, address, length] = (typeof value === 'string' && PARTS.exec(value)) || [];
  return address === undefined ? undefined : [address, Number(length)];
};

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

const isMultiple = (address: number, length: number): boolean => address % 2 ** (32 - length) === 0;

const isPrivate = (address: number, length: number): boolean =>
  PRIVATE.some(([first, shortest]) => {
    const size = 2 ** (32 - shortest);
    return length >= shortest && Math.floor(address / size) === Math.floor(numberOf(first) / size);
  });

/** A range that a subnetwork may have. */
export const PRIVATE_RANGE: Rule = (value) => {
  const [address = '', length = 0] = partsOf(value) ?? [];
  const from = numberOf(address);
  const fits =
    isIP(address) === 4 && length <= LONGEST_PREFIX && isPrivate(from, length) && isMultiple(from, length);
  return fits
    ? undefined
    : 'must be a private range of addresses (RFC 1918) in CIDR notation, /26 or larger, from its first address';
};

/** A range of IPv4 or IPv6 addresses. */
export const RANGE: Rule = (value) => {
  const [address = '', length = 0] = partsOf(value) ?? [];
  const most = { 4: 32, 6: 128 }[isIP(address)];
  const fits = most !== undefined && length <= most && !address.includes('%');
  return fits ? undefined : 'must be a range of addresses in CIDR notation, such as 203.0.113.0/24';
};

/** A host with its port. */
export const SERVER_ADDRESS: Rule = (value) => {
  const port = typeof value === 'string' ? SERVER.exec(value)?.[2] : undefined;
  return Number(port) <= MOST_PORT ? undefined : 'must be host:port, such as broker:9092';
};
