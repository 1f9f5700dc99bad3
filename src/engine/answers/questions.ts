// What is asked of the graph that is open without moving it: pictures and summaries, attribution, explanations, plans, times.
import type { Registry } from '../../compiler/compile.ts';
import type { KernelLibrary } from '../../kernels/library.ts';
import type { PlanValue } from '../../program/plan.ts';
import { error } from '../../tensor/diagnostic.ts';
import type { Debug, Project } from '../project.ts';
import type { EngineApi, EngineEvent } from '../protocol.ts';
import { pictureOf, summaryOf } from '../views/answers.ts';
import { createAttributions } from './attributions.ts';
import { createExplanations } from './explanations.ts';
import { createGradientChecks } from './gradient-checks.ts';
import { createPassBook } from './pass-facts.ts';
import { planFacts } from './plan-facts.ts';
import { createProfiler } from './profile.ts';
import { unitFacts, updateFacts } from './unit-facts.ts';

export interface QuestionsOptions {
  readonly registry: Registry;
  readonly library: KernelLibrary;
  /** For memory that is not shared. */
  readonly plain: KernelLibrary;
  readonly shared: boolean;
  readonly project: () => Project | null;
  readonly revision: () => number;
  /** Training, where it runs. */
  readonly pause: () => void;
  readonly emit: (event: EngineEvent) => void;
}

type QuestionsApi = Pick<
  EngineApi,
  | 'summaries'
  | 'picture'
  | 'saliency'
  | 'attributionMethods'
  | 'read'
  | 'exportValue'
  | 'expansion'
  | 'explain'
  | 'elementFields'
  | 'gradientAccount'
  | 'checkGradients'
  | 'cancelGradientCheck'
  | 'planFacts'
  | 'passes'
  | 'passText'
  | 'profile'
  | 'cancelProfile'
  | 'unitFacts'
  | 'updateFacts'
>;

export interface Questions {
  readonly api: QuestionsApi;
  /** Another graph is opened: what was computed for answers is of no use any more. */
  forget(): void;
}

/** That part of the contract, over the project that is open when it is asked. */
export function createQuestions(options: QuestionsOptions): Questions {
  const { registry, library, plain, shared, emit } = options;
  const attributions = createAttributions(registry, plain);
  const passBook = createPassBook(library);
  const explanations = createExplanations();
  const gradientChecker = createGradientChecks(registry, plain, (state) => emit({ kind: 'gradient_check', state }));
  const profiler = createProfiler(library, shared, emit);
  const debug = (): Debug | null => options.project()?.debug ?? null;

  const api: QuestionsApi = {
    async summaries(requests, theme) {
      const at = debug();
      return {
        revision: options.revision(),
        summaries: at ? requests.map((request) => summaryOf(at, request, theme)) : [],
      };
    },

    async picture(request) {
      const at = debug();
      return at ? pictureOf(at, request, options.revision()) : null;
    },

    async saliency(request) {
      const project = options.project();
      if (!project) return { diagnostics: [error('E_NO_GRAPH', 'nothing is ready to run')] };
      return attributions.answer(project, request, options.revision());
    },

    async attributionMethods() {
      return attributions.methods();
    },

    async read(name) {
      const at = debug();
      const index = at?.bound.find(name);
      const value = index === undefined ? undefined : at?.bound.plan.values[index];
      if (!at || index === undefined || !value) return null;
      return {
        shape: value.shape,
        dtype: value.dtype,
        data: at.bound.view(index).slice() as Float32Array<ArrayBuffer>,
      };
    },

    async exportValue(name) {
      const at = debug();
      const index = at?.bound.find(name);
      if (!at || index === undefined || !at.stepper.isComputed(index)) return null;
      const { shape, dtype } = at.bound.plan.values[index] as PlanValue;
      const tensor = { shape, dtype, data: at.bound.view(index).slice() };
      const { writeNpy } = await import('../../formats/numpy/write-npy.ts');
      return writeNpy(tensor) as Uint8Array<ArrayBuffer>;
    },

    async expansion(path) {
      const project = options.project();
      const instance = project?.compilation.network.instances.find(
        (candidate) => candidate.path === path || candidate.owner === path,
      );
      const types = instance && project?.compilation.network.types.get(instance.path);
      if (!instance?.operator.expand || !types) return null;
      return instance.operator.expand({ attributes: instance.attributes, inputs: types.inputs });
    },

    async explain(request) {
      const project = options.project();
      const at = debug();
      options.pause();
      return project && at ? explanations.explain(at, project.compilation, request, options.revision()) : null;
    },

    async elementFields(name, index) {
      const project = options.project();
      const at = debug();
      return project && at ? explanations.fields(at, project.compilation, name, index, options.revision()) : null;
    },

    async gradientAccount(name) {
      const project = options.project();
      const at = debug();
      return project && at ? explanations.account(at, project.compilation, name, options.revision()) : null;
    },

    async checkGradients(request) {
      const project = options.project();
      if (!project)
        return {
          revision: options.revision(),
          status: 'failed',
          done: 0,
          total: 0,
          current: null,
          nodes: [],
          diagnostics: [error('E_NO_GRAPH', 'no graph is open')],
        };
      return gradientChecker.check(project, request, options.revision());
    },

    async cancelGradientCheck() {
      gradientChecker.cancel();
    },

    async planFacts() {
      const project = options.project();
      const plan = project?.fastPlan();
      return plan ? planFacts(plan, library.workspaceBytes) : null;
    },

    async passes(request) {
      const project = options.project();
      return project ? passBook.facts(project, request, options.revision()) : null;
    },

    async passText(index) {
      return passBook.text(index);
    },

    async profile(request) {
      const project = options.project();
      return project ? profiler.profile(project, request, options.revision()) : null;
    },

    async cancelProfile() {
      profiler.cancel();
    },

    async unitFacts() {
      const project = options.project();
      return project ? unitFacts(project) : {};
    },

    async updateFacts() {
      const at = debug();
      return at ? updateFacts(at) : null;
    },
  };
  return {
    api,
    forget() {
      attributions.clear();
      gradientChecker.cancel();
      passBook.clear();
      profiler.cancel();
    },
  };
}
