// Answers which parts of an input matter to a class, by the method asked for; keeps the drivers of the graph that is open,
// so that another example or class costs no compilation.
import { z } from 'zod';
import type { Registry } from '../../compiler/compile.ts';
import { type AttributionDriver, createAttribution } from '../../insight/attribution.ts';
import { attributionMethods } from '../../insight/attribution-methods.ts';
import type { KernelLibrary } from '../../kernels/library.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import type { Project } from '../project.ts';
import type { AttributionFacts, Saliency, SaliencyRequest } from '../protocol/views.ts';
import { attributionPicture } from '../views/answers.ts';
import { labelOf, scoresOf } from './class-scores.ts';

export interface Attributions {
  answer(
    project: Project,
    request: SaliencyRequest,
    revision: number,
  ): Saliency | { readonly diagnostics: readonly Diagnostic[] };
  methods(): readonly AttributionFacts[];
  /** The graph is another. */
  clear(): void;
}

/** Without drivers: each method and scores compile theirs when first asked for. */
export function createAttributions(registry: Registry, library: KernelLibrary): Attributions {
  const drivers = new Map<string, AttributionDriver>();
  return {
    answer(project, request, revision) {
      const bound = project.debug?.bound;
      if (!bound) return { diagnostics: [error('E_NO_GRAPH', 'nothing is ready to run')] };
      const { input, method: wanted = 'saliency', options = {} } = request;
      const method = attributionMethods.find(({ id }) => id === wanted);
      if (!method) return { diagnostics: [error('E_ATTRIBUTION', `there is no method \`${wanted}\``)] };
      const scores = request.scores ?? scoresOf(project);
      if (scores === null) {
        const hint = 'Name the value that holds the class scores.';
        return {
          diagnostics: [error('E_SALIENCY', 'nothing in this graph gives a score for every class', {}, { hint })],
        };
      }
      const key = JSON.stringify([input, scores, wanted, options]);
      const driver =
        drivers.get(key) ??
        createAttribution(project.graph, { method, options, input, scores, registry, library, partial: true });
      if ('diagnostics' in driver) return driver;
      drivers.set(key, driver);
      const map = driver.attribute(
        (name) => {
          const index = bound.find(name);
          const shape = index === undefined ? undefined : bound.plan.values[index]?.shape;
          return index === undefined || !shape ? null : { shape, data: bound.view(index) };
        },
        request.example,
        request.classIndex ?? labelOf(project, request.example),
      );
      return attributionPicture(map, { ...request, signed: method.signed, revision, examples: bound.plan.batch });
    },
    methods: () =>
      attributionMethods.map(({ id, title, summary, source, options, signed }) => ({
        id,
        title,
        summary,
        source,
        signed,
        options: z.toJSONSchema(options, { io: 'input' }),
      })),
    clear: () => drivers.clear(),
  };
}
