// Usage: node client.js HOST:PORT PROTO_FOLDER EXAMPLES_FOLDER
// Calls every unary RPC of the first slice with a stock gRPC client, and checks the answers.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [address, protoFolder, examples] = process.argv.slice(2);
const options = { keepCase: true, longs: Number, enums: String, defaults: true, includeDirs: [protoFolder] };
const inference = grpc.loadPackageDefinition(
  protoLoader.loadSync('inference/grpc_service.proto', options)).inference;
const health = grpc.loadPackageDefinition(
  protoLoader.loadSync(path.join(__dirname, 'health.proto'), options)).grpc.health.v1;

const client = new inference.GRPCInferenceService(address, grpc.credentials.createInsecure());
const checker = new health.Health(address, grpc.credentials.createInsecure());

function call(stub, method, request) {
  return new Promise((resolve, reject) =>
    stub[method](request, (error, reply) => (error ? reject(error) : resolve(reply))));
}

function pixels(rows) {
  const raw = Buffer.alloc(rows.length * 4);
  rows.forEach((value, i) => raw.writeFloatLE(value, i * 4));
  return raw;
}

async function heldOutAccuracy(version) {
  const rows = JSON.parse(fs.readFileSync(path.join(examples, 'requests/digits-heldout.json'))).inputs[0];
  const labels = JSON.parse(fs.readFileSync(path.join(examples, 'requests/digits-heldout.labels.json')));
  const reply = await call(client, 'ModelInfer', {
    model_name: 'digits', model_version: version, id: 'held-out',
    inputs: [{ name: 'image', datatype: 'FP32', shape: rows.shape }],
    outputs: [{ name: 'label' }],
    raw_input_contents: [pixels(rows.data)],
  });
  assert.strictEqual(reply.id, 'held-out');
  assert.strictEqual(reply.model_version, version);
  const answers = reply.raw_output_contents[0];
  return labels.filter((label, i) => Number(answers.readBigInt64LE(i * 8)) === label).length;
}

async function main() {
  assert.strictEqual((await call(client, 'ServerLive', {})).live, true);
  assert.strictEqual((await call(client, 'ServerReady', {})).ready, true);
  assert.strictEqual((await call(client, 'ModelReady', { name: 'digits' })).ready, true);
  assert.strictEqual((await call(client, 'ModelReady', { name: 'nobody' })).ready, false);
  assert.ok((await call(client, 'ServerMetadata', {})).extensions.includes('binary_tensor_data'));
  const metadata = await call(client, 'ModelMetadata', { name: 'digits' });
  assert.deepStrictEqual(metadata.versions, ['1', '2']);
  assert.deepStrictEqual(metadata.inputs[0], { name: 'image', datatype: 'FP32', shape: [-1, 64] });
  assert.strictEqual((await call(client, 'ModelConfig', { name: 'digits' })).config.max_batch_size, 512);
  assert.ok((await call(client, 'RepositoryIndex', {})).models.some((m) => m.name === 'iris' && m.state === 'READY'));
  assert.strictEqual((await call(checker, 'Check', { service: '' })).status, 'SERVING');

  const measured = JSON.parse(fs.readFileSync(path.join(examples, 'accuracy.json'))).digits;
  for (const version of ['1', '2']) {
    assert.strictEqual(await heldOutAccuracy(version), measured[version].correct, `digits/${version}`);
  }
  const typed = await call(client, 'ModelInfer', {
    model_name: 'iris',
    inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 4], contents: { fp32_contents: [5.1, 3.5, 1.4, 0.2] } }],
  });
  assert.strictEqual(Number(typed.raw_output_contents[0].readBigInt64LE(0)), 0);
  await assert.rejects(call(client, 'ModelInfer', { model_name: 'nobody' }),
    (error) => error.code === grpc.status.NOT_FOUND && /Request for unknown model/.test(error.details));
  await assert.rejects(call(client, 'ModelStatistics', {}), (error) => error.code === grpc.status.UNIMPLEMENTED);
  console.log('stock gRPC client: everything answered as it should');
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
