// A Node server as tutorials make it: fastify for REST, grpc-js for gRPC, one run of the model per request.
//
//   node server.js PROTO_FOLDER tiny=/models/tiny.onnx minilm=/models/minilm.onnx
//
// It takes free ports of the loopback address, prints `ready HTTP_PORT GRPC_PORT`, and serves until its standard
// input ends.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import fastify from 'fastify';
import ort from 'onnxruntime-node';

const HOST = '127.0.0.1';
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const ARRAYS = { FP32: Float32Array, FP64: Float64Array, INT32: Int32Array, INT64: BigInt64Array };
const TYPES = { FP32: 'float32', FP64: 'float64', INT32: 'int32', INT64: 'int64' };
const NAMES = Object.fromEntries(Object.entries(TYPES).map(([name, type]) => [type, name]));

const [protoFolder, ...files] = process.argv.slice(2);
const models = new Map();
for (const argument of files) {
  const equals = argument.indexOf('=');
  models.set(argument.slice(0, equals), await ort.InferenceSession.create(argument.slice(equals + 1)));
}

function find(name) {
  const session = models.get(name);
  if (!session) throw new Error(`no model '${name}'`);
  return session;
}

function fromBytes(datatype, bytes, shape) {
  const Type = ARRAYS[datatype];
  if (!Type) throw new Error(`datatype ${datatype} (expected: ${Object.keys(ARRAYS).join(', ')})`);
  // A typed array must begin at a multiple of its element's size, which a slice of a message need not.
  const aligned = bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  const data = new Type(aligned.buffer, aligned.byteOffset, aligned.byteLength / Type.BYTES_PER_ELEMENT);
  return new ort.Tensor(TYPES[datatype], data, shape);
}

async function modelInfer(request) {
  const feeds = {};
  request.inputs.forEach((input, i) => {
    feeds[input.name] = fromBytes(input.datatype, request.raw_input_contents[i], input.shape.map(Number));
  });
  const results = await find(request.model_name).run(feeds);
  const outputs = [];
  const contents = [];
  for (const [name, tensor] of Object.entries(results)) {
    outputs.push({ name, datatype: NAMES[tensor.type], shape: tensor.dims });
    contents.push(Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  }
  return {
    model_name: request.model_name,
    model_version: '1',
    id: request.id,
    outputs,
    raw_output_contents: contents,
  };
}

async function restInfer(name, body) {
  const feeds = {};
  for (const { name: input, datatype, shape, data } of body.inputs) {
    const Type = ARRAYS[datatype];
    const values = datatype === 'INT64' ? data.flat(Infinity).map(BigInt) : data.flat(Infinity);
    feeds[input] = new ort.Tensor(TYPES[datatype], Type.from(values), shape);
  }
  const results = await find(name).run(feeds);
  const outputs = Object.entries(results).map(([output, tensor]) => ({
    name: output,
    datatype: NAMES[tensor.type],
    shape: tensor.dims,
    data: tensor.type === 'int64' ? Array.from(tensor.data, Number) : Array.from(tensor.data),
  }));
  return { model_name: name, model_version: '1', outputs };
}

const http = fastify({ bodyLimit: MAX_MESSAGE_BYTES });
http.post('/v2/models/:name/infer', (request) => restInfer(request.params.name, request.body));
await http.listen({ host: HOST, port: 0 });

const { inference } = grpc.loadPackageDefinition(
  loader.loadSync('inference/grpc_service.proto', { includeDirs: [protoFolder], keepCase: true, longs: Number }),
);
const server = new grpc.Server({
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
});
server.addService(inference.GRPCInferenceService.service, {
  modelInfer: (call, callback) =>
    modelInfer(call.request).then(
      (reply) => callback(null, reply),
      (error) => callback({ code: grpc.status.INVALID_ARGUMENT, details: error.message }),
    ),
  modelStreamInfer: (call) => {
    call.on('data', (request) =>
      modelInfer(request).then(
        (reply) => call.write({ infer_response: reply }),
        (error) => call.write({ error_message: error.message }),
      ),
    );
    call.on('end', () => call.end());
  },
});
server.bindAsync(`${HOST}:0`, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`ready ${http.server.address().port} ${port}`);
});
process.stdin.on('end', () => process.exit(0)).resume();
