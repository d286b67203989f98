const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/**
 * The 32-bit murmur2 hash of Kafka's Java client, as a signed integer.
 *
 * @param key the record's key; text is hashed as UTF-8
 * @see org.apache.kafka.common.utils.Utils.murmur2
 * @example murmur2('21') // -973932308
 */
export function murmur2(key: string | Buffer): number {
  const data = typeof key === 'string' ? Buffer.from(key) : key;
  const whole = data.length & ~3;
  let hash = SEED ^ data.length;
  for (let index = 0; index < whole; index += 4) {
    let word = Math.imul(data.readInt32LE(index), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (data.length > whole) {
    hash = Math.imul(hash ^ data.readUIntLE(whole, data.length - whole), MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/**
 * The partition Kafka's Java client and kafkajs choose for `key`.
 *
 * @param key the record's key
 * @param partitions how many partitions the topic has, at least 1
 * @example partitionOf('u-1', 6)
 */
export function partitionOf(key: string | Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
