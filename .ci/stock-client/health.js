// Usage: node health.js HOST:PORT PROTO_FOLDER
// Asks a server that has just become ready for its health, by Check and by Watch.
'use strict';
const assert = require('node:assert');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [address, protoFolder] = process.argv.slice(2);
const definition = protoLoader.loadSync(
  path.join(__dirname, 'health.proto'), { enums: String, defaults: true, includeDirs: [protoFolder] });
const { health } = grpc.loadPackageDefinition(definition).grpc;
const checker = new health.v1.Health(address, grpc.credentials.createInsecure());

function check(service) {
  return new Promise((resolve, reject) =>
    checker.Check({ service }, (error, reply) => (error ? reject(error) : resolve(reply.status))));
}

// REST is told of readiness a moment before gRPC: what counts is that gRPC hears of it at all. How soon is the
// machine's affair; what never comes has to end somewhere.
async function servingInTheEnd() {
  const end = Date.now() + 120_000;
  let status = await check('');
  while (status !== 'SERVING' && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    status = await check('');
  }
  return status;
}

async function main() {
  assert.strictEqual(await servingInTheEnd(), 'SERVING');
  const watch = checker.Watch({ service: '' });
  const first = await new Promise((resolve, reject) => watch.once('data', resolve).once('error', reject));
  assert.strictEqual(first.status, 'SERVING');
  console.log('gRPC health: serving');
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
