// Where the panels' contents come from. Those that stand on the page from the start come with it, the others are a chunk each,
// loaded when first shown.
import { lazy } from 'react';
import { DebuggerPanel } from '../debugger/debugger-panel.tsx';
import { Inspector } from '../inspector/inspector.tsx';

export const panels = {
  debugger: DebuggerPanel,
  plan: lazy(async () => ({ default: (await import('./plan-tab.tsx')).PlanTab })),
  training: lazy(async () => ({ default: (await import('./training-tab.tsx')).TrainingTab })),
  code: lazy(async () => ({ default: (await import('../code/code-panel.tsx')).CodePanel })),
  inspector: Inspector,
  problems: lazy(async () => ({ default: (await import('./problems-panel.tsx')).ProblemsPanel })),
  viewer: lazy(async () => ({ default: (await import('../inspector/value-viewer.tsx')).ValueViewer })),
  explain: lazy(async () => ({ default: (await import('../inspector/explain/explain-side.tsx')).ExplainSide })),
  gradientCheck: lazy(async () => ({ default: (await import('../inspector/explain/check-dialog.tsx')).CheckDialog })),
  firstTime: lazy(async () => ({
    default: (await import('../debugger/history/first-time-dialog.tsx')).FirstTimeDialog,
  })),
  saliency: lazy(async () => ({ default: (await import('../inspector/saliency-dialog.tsx')).SaliencyDialog })),
} as const;
