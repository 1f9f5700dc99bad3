// A small graph around one operator, from the first of its samples, with the types that it gives by the record's own `infer`.

/**
 * @param {any} record
 * @param {{ gatherPorts: Function, spreadPorts: Function }} ports of src/operators/ports.ts
 * @returns {{ text: string, parameters: [string, any][], outputs: [string, any][] }}
 */
export function operatorExample(record, { gatherPorts, spreadPorts }) {
  const sample = record.samples[0] ?? { inputs: {} };
  const attributes = { ...sample.attributes };
  const types = Object.fromEntries(
    Object.entries(sample.inputs).map(([name, given]) => [name, typeOf(record, name, given)]),
  );
  const inputs = Object.entries(types).map(([name, { dtype, shape }]) => ({
    id: name,
    op: 'input',
    attributes: { shape, ...(dtype === 'int32' ? { dtype } : {}) },
  }));
  const node = { id: record.id, op: record.id, ...(Object.keys(attributes).length > 0 ? { attributes } : {}) };
  const graph = {
    format: 'chainrule/graph',
    version: 1,
    name: record.title,
    nodes: [...inputs, node],
    edges: inputs.map(({ id }) => ({ from: `${id}.y`, to: `${record.id}.${id}` })),
  };
  const inferred = infer(record, attributes, types, sample.mode ?? 'eval', gatherPorts);
  return {
    text: print(graph),
    parameters: [
      ...Object.entries(inferred.parameters ?? {}).filter(([name]) => types[name] === undefined),
      ...Object.entries(inferred.state ?? {}),
    ].map(([name, { shape }]) => [name, { dtype: 'float32', shape }]),
    outputs: spreadPorts(inferred.outputs),
  };
}

function typeOf(record, name, given) {
  const port = record.inputs[name] ?? record.parameters[name] ?? record.inputs[name.replace(/\d+$/, '')];
  const shape = Array.isArray(given) ? given : given.shape;
  return { dtype: port?.dtype === 'int32' || given.below !== undefined ? 'int32' : 'float32', shape: [...shape] };
}

function infer(record, attributes, types, mode, gatherPorts) {
  const faults = [];
  const inferred = record.infer({
    inputs: gatherPorts(record.inputs, (name) => types[name]),
    wired: Object.fromEntries(Object.keys(record.parameters).map((name) => [name, types[name]])),
    attributes: record.attributes.parse(attributes),
    mode,
    source: (port) => `\`${port}\``,
    fail: (code, _at, message) => {
      faults.push(`${code}: ${message}`);
      return null;
    },
  });
  if (!inferred) throw new Error(`${record.id}: its first sample does not infer: ${faults.join('; ')}`);
  return inferred;
}

/** JSON with one node and one edge a line. */
function print({ nodes, edges, ...head }) {
  const lines = (items) =>
    items.length === 0 ? '[]' : `[\n${items.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`;
  const rest = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return `{\n${rest.join('\n')}\n  "nodes": ${lines(nodes)},\n  "edges": ${lines(edges)}\n}`;
}
