/** Writes a graph as the bytes of an ONNX model (protobuf). */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type { Attribute, ElementType, Graph, Node, TensorData, Value } from './graph.ts';
import type { Shape } from './shapes.ts';

const { root } = protobuf.parse(readFileSync(new URL('./onnx.proto', import.meta.url), 'utf8'), { keepCase: true });
const modelProto = root.lookupType('onnx.ModelProto');

/** TensorProto.DataType */
const elementTypes: Record<ElementType, number> = { float: 1, int64: 7, bool: 9, double: 11 };

/** AttributeProto.AttributeType */
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;

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

/** The graph as a model that any ONNX runtime opens. */
export function encodeModel(graph: Graph): Uint8Array {
  const message = modelProto.create({
    ir_version: irVersion,
    opset_import: [{ domain: '', version: opsetVersion }],
    producer_name: 'podium',
    graph: {
      name: graph.name,
      node: graph.nodes.map(nodeProto),
      initializer: [...graph.initializers].map(([value, data]) => ({
        name: value.name,
        dims: value.shape,
        data_type: elementTypes[value.type],
        raw_data: bytesOf(data),
      })),
      input: graph.inputs.map((value) => valueInfo(value.name, value)),
      // a sequence's type is left to ONNX Runtime's own inference
      output: graph.outputs.map(({ name, value, sequence }) => (sequence ? { name } : valueInfo(name, value))),
    },
  });
  return modelProto.encode(message).finish();
}
