// Small programs for tests of passes and of the verifier, written with the real builder.

import type { Ref } from '../../src/program/access.ts';
import { createProgramBuilder } from '../../src/program/builder.ts';
import type { Emitter } from '../../src/program/emitter.ts';
import type { Phase, Program } from '../../src/program/program.ts';
import type { Shape } from '../../src/tensor/shape.ts';

export interface Pen {
  readonly emit: Emitter;
  feed(name: string, shape: Shape): Ref;
  parameter(name: string, shape: Shape): Ref;
  /** What follows belongs to this node. */
  under(node: string, phase?: Phase): void;
  /** Gives a result its name. */
  named(name: string, ref: Ref): Ref;
  /** In-place successor. */
  replace(name: string, ref: Ref, persistent: Ref): void;
}

/** `draw` answers the results. */
export function programOf(draw: (pen: Pen) => readonly Ref[]): Program {
  const builder = createProgramBuilder({ randomKey: (node, draw) => node.length + draw });
  builder.declare('hyper', 'iteration', 'int32', []);
  const results = draw({
    emit: builder.emit,
    feed: (name, shape) => builder.declare('feed', name, 'float32', shape),
    parameter: (name, shape) => builder.declare('parameter', name, 'float32', shape),
    under: (node, phase = 'forward') => builder.under({ node, phase, role: 'node' }, node),
    named(name, ref) {
      builder.name(ref, name);
      return ref;
    },
    replace(name, ref, persistent) {
      builder.name(ref, name);
      builder.replace(ref, persistent);
    },
  });
  return builder.finish(
    'train',
    results.map((ref) => ref.id),
  );
}
