import { X509Certificate } from 'node:crypto';
import type { KafkajsBusOptions } from './kafkajs-settings.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

const isReadable = (certificate: string): boolean => {
  try {
    return new X509Certificate(certificate).raw.length > 0;
  } catch {
    // Why OpenSSL cannot read it says less than which one it is.
    return false;
  }
};

const certificatesIn = (text: string): string[] => {
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new Error(
      'KAFKA_CA holds no certificate: it must be PEM text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
    );
  }
  const broken = certificates.findIndex((certificate) => !isReadable(certificate));
  if (broken >= 0) {
    throw new Error(`KAFKA_CA: certificate ${broken + 1} of ${certificates.length} cannot be read`);
  }
  return [...certificates];
};

/**
 * TLS as kafkajs takes it. Of a text only the certificates count; whatever else it holds is left out.
 *
 * @throws Error naming KAFKA_CA when the text of a private authority holds no certificate, or one that cannot be read
 */
export const tlsOf = (ssl: KafkajsBusOptions['ssl']): boolean | { ca: string[] } | undefined =>
  typeof ssl === 'object' ? { ca: certificatesIn(ssl.ca) } : ssl;
