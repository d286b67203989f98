import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { App, TerraformStack } from 'cdktf';

// The least that anyone can synthesize: what `three-environments.ts` is compared with.
const [, , outdir = 'cdktf.out'] = process.argv;
const app = new App({ outdir });
const stack = new TerraformStack(app, 'bare');
new GoogleProvider(stack, 'google', { project: 'acme', region: 'europe-west1' });
new PubsubTopic(stack, 'topic', { name: 'topic' });
app.synth();
