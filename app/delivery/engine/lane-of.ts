/**
 * The lane of a person: always the same one, so a person's records are sent one after another.
 *
 * @param key the person's id
 * @param lanes how many lanes there are
 * @example laneOf('u1', 6) // from 0 to 5
 */
export const laneOf = (key: string, lanes: number): number => {
  // FNV-1a: the partitioner's murmur2 would correlate with the partition and leave lanes empty.
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % lanes;
};
