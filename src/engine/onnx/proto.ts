/** Writes a graph as the bytes of an ONNX model (protobuf). */
import { readFileSync } from 'node:fs';
import protobuf, { Writer } from 'protobufjs';
import type { Attribute, ElementType, Graph, Node, TensorData, Value } from './graph.ts';
import type { Shape } from './shapes.ts';

const { root } = protobuf.parse(readFileSync(new URL('./onnx.proto', import.meta.url), 'utf8'), { keepCase: true });
const modelProto = root.lookupType('onnx.ModelProto');
const graphProto = root.lookupType('onnx.GraphProto');
const tensorProto = root.lookupType('onnx.TensorProto');

/** TensorProto.DataType */
const elementTypes: Record<ElementType, number> = { float: 1, int64: 7, bool: 9, double: 11 };

/** AttributeProto.AttributeType */
const attributeTypes = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

/** Opset 20 is the first with Gelu; IR 9 is what its release wrote. ONNX Runtime 1.30 and transformers.js read both. */
const opsetVersion = 20;
const irVersion = 9;

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function attributeProto(name: string, attribute: Attribute): object {
  switch (attribute.kind) {
    case 'float':
      return { name, type: attributeTypes.float, f: attribute.value };
    case 'int':
      return { name, type: attributeTypes.int, i: attribute.value };
    case 'ints':
      return { name, type: attributeTypes.ints, ints: attribute.value };
    case 'string':
      return { name, type: attributeTypes.string, s: Buffer.from(attribute.value, 'utf8') };
    case 'graph':
      return { name, type: attributeTypes.graph, g: graphFields(attribute.value) };
  }
}

function nodeProto(node: Node, index: number): object {
  return {
    name: `${node.operator}_${index}`,
    op_type: node.operator,
    domain: node.domain,
    input: node.inputs.map((input) => input?.name ?? ''),
    output: node.outputs.map((output) => output.name),
    attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeProto(name, attribute)),
  };
}

function shapeProto(shape: Shape): object {
  return { dim: shape.map((d) => (typeof d === 'number' ? { dim_value: d } : { dim_param: d })) };
}

function valueInfo(name: string, value: Value): object {
  return { name, type: { tensor_type: { elem_type: elementTypes[value.type], shape: shapeProto(value.shape) } } };
}

const modelFields = {
  ir_version: irVersion,
  opset_import: [{ domain: '', version: opsetVersion }],
  producer_name: 'podium',
};

/** @param constants inputs that the model is to hold as constants, with what stands in their place */
function graphFields(graph: Graph, constants: ReadonlyMap<Value, object | null> = new Map()): object {
  return {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer: [
      ...[...graph.initializers].map(([value, data]) => ({ ...tensorFields(value), raw_data: bytesOf(data) })),
      ...[...constants.values()].filter((constant) => constant !== null),
    ],
    input: graph.inputs.filter((value) => !constants.has(value)).map((value) => valueInfo(value.name, value)),
    // a sequence's type is left to ONNX Runtime's own inference
    output: graph.outputs.map(({ name, value, sequence }) => (sequence ? { name } : valueInfo(name, value))),
  };
}

function tensorFields({ name, shape, type }: Value): object {
  return { name, dims: shape, data_type: elementTypes[type] };
}

/** The graph as a model that any ONNX runtime opens. */
export function encodeModel(graph: Graph): Uint8Array {
  return modelProto.encode(modelProto.create({ ...modelFields, graph: graphFields(graph) })).finish();
}

/** A field's tag, then how many bytes follow: protobuf's wire type 2. */
const openField = (id: number, bytes: number): Uint8Array =>
  Writer.create()
    .uint32((id << 3) | 2)
    .uint32(bytes)
    .finish();

const fieldIds = { modelGraph: 7, graphInitializer: 5, tensorRawData: 9 } as const;

/**
 * A model whose biggest constants never are in memory together. The file is `head`, then for each of `constants` (which
 * are inputs of the graph) its `heads[i]` and its `byteLengths[i]` raw bytes.
 */
export function encodeStreamedModel(
  graph: Graph,
  constants: readonly Value[],
  byteLengths: readonly number[],
): { head: Uint8Array; heads: Uint8Array[] } {
  const omitted = new Map(constants.map((value) => [value, null]));
  const graphBytes = graphProto.encode(graphProto.create(graphFields(graph, omitted))).finish();
  const heads = constants.map((value, index) => {
    const bytes = byteLengths[index] ?? 0;
    const fields = tensorProto.encode(tensorProto.create(tensorFields(value))).finish();
    const data = openField(fieldIds.tensorRawData, bytes);
    const tensor = openField(fieldIds.graphInitializer, fields.length + data.length + bytes);
    return Buffer.concat([tensor, fields, data]);
  });
  const total = [...heads.map(({ length }) => length), ...byteLengths].reduce((sum, bytes) => sum + bytes, 0);
  const model = modelProto.encode(modelProto.create(modelFields)).finish();
  const head = Buffer.concat([model, openField(fieldIds.modelGraph, graphBytes.length + total), graphBytes]);
  return { head, heads };
}

/** A model whose constants (inputs of the graph) lie one after the other in a file beside it. */
export function encodeModelWithExternalData(
  graph: Graph,
  constants: readonly Value[],
  byteLengths: readonly number[],
  location: string,
): Uint8Array {
  const external = 1;
  let offset = 0;
  const places = new Map<Value, object>();
  for (const [index, value] of constants.entries()) {
    const length = byteLengths[index] ?? 0;
    const external_data = Object.entries({ location, offset, length }).map(([key, entry]) => ({
      key,
      value: `${entry}`,
    }));
    places.set(value, { ...tensorFields(value), external_data, data_location: external });
    offset += length;
  }
  return modelProto.encode(modelProto.create({ ...modelFields, graph: graphFields(graph, places) })).finish();
}
