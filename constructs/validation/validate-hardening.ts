import { NODE_IMAGE } from '../bundle/base-image.ts';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import { type Faults, isToken } from './faults.ts';
import { boolean, IMAGE, isByDigest, NODE_IMAGE_REFERENCE, oneOf, text } from './rules.ts';

const SERVICE = text(
  /^(allServices|[a-z][a-z0-9-]{0,62}(\.[a-z0-9-]{1,63})*\.googleapis\.com)$/,
  'a service, such as bigquery.googleapis.com, or allServices',
);
const LOG_TYPE = oneOf('ADMIN_READ', 'DATA_READ', 'DATA_WRITE');

/** The image that the containers run, with the prop that names it, where it is not named by its digest. */
export const imageByTag = ({
  runtime,
}: CustomerIoIntegrationProps): { readonly prop: string; readonly image: string } | undefined => {
  const { image, nodeImage = NODE_IMAGE } = runtime ?? {};
  const [prop, name] = image === undefined ? ['runtime.nodeImage', nodeImage] : ['runtime.image', image];
  return typeof name !== 'string' || isToken(name) || isByDigest(name) ? undefined : { prop, image: name };
};

/** What `hardened` needs, and the audit logs. */
export const validateHardening = (props: CustomerIoIntegrationProps, faults: Faults): void => {
  faults.known('hardened', props.hardened);
  faults.check('hardened', props.hardened, boolean);
  const byTag = props.hardened === true ? imageByTag(props) : undefined;
  // What is no image at all is told of already.
  if (byTag !== undefined && [IMAGE, NODE_IMAGE_REFERENCE].some((rule) => rule(byTag.image) === undefined))
    faults.add(byTag.prop, 'must be given by digest (…@sha256:…) with hardened', byTag.image);
  for (const [service, types] of Object.entries(props.auditLogs ?? {})) {
    const prop = `auditLogs.${service}`;
    faults.check(`auditLogs, the key ${service}`, service, SERVICE);
    faults.known(prop, types);
    faults.each(prop, types, LOG_TYPE);
  }
};
