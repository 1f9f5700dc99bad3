// What is measured, in the words of our operators; every engine makes its own model from these records. A net is a list
// of nodes, each fed by nodes or inputs before it; parameters belong to their node.

/**
 * @typedef {object} NetNode
 * @property {string} id
 * @property {string} op            id of one of our operators
 * @property {string[]} from        ids of nodes or inputs, in the order of the operator's ports
 * @property {Record<string, unknown>} [attributes]
 *
 * @typedef {object} Net
 * @property {Record<string, number[]>} inputs
 * @property {NetNode[]} nodes
 * @property {string} output
 *
 * @typedef {object} Case
 * @property {string} id
 * @property {'forward' | 'gradients' | 'step'} kind   step: cross entropy, gradients and SGD with momentum 0.9
 * @property {Net} net
 * @property {number} flops                            multiplications and additions of the forward pass
 * @property {number} [classes]
 *
 * @typedef {object} Workload
 * @property {string} id
 * @property {string} title
 * @property {Case[]} cases
 */

/** Collects nodes one behind the other; each call answers its id. */
export function netBuilder(inputs) {
  const nodes = [];
  let at = Object.keys(inputs)[0];
  return {
    get last() {
      return at;
    },
    add(op, attributes = {}, from = [at]) {
      const id = `${op.replace(/[^a-z]/g, '')}${nodes.length}`;
      nodes.push({ id, op, from, attributes });
      at = id;
      return id;
    },
    done: () => ({ inputs, nodes, output: at }),
  };
}

/** Rough work of a forward pass where only convolutions and linear maps count. */
export const convFlops = (batch, inChannels, outChannels, out, kernel) =>
  2 * batch * outChannels * out * out * inChannels * kernel * kernel;
