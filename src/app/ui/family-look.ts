// Icon and colour of each operator family, for palette, nodes and inspector. Colour never stands alone: the icon tells too.
import {
  Activity,
  Blend,
  Box,
  Calculator,
  Database,
  Droplets,
  Grid3x3,
  type LucideIcon,
  Minimize2,
  Repeat,
  Scaling,
  ScanSearch,
  Share2,
  Sigma,
  Target,
} from 'lucide-react';
import type { OperatorFamily } from '../../operators/catalogue.generated.ts';
import { texts } from './texts.ts';

export interface FamilyLook {
  readonly title: string;
  readonly icon: LucideIcon;
  /** A CSS colour. */
  readonly color: string;
}

/** Operators' families, and `structure` for blocks and recurrences; in the order of the palette. */
export const familyLooks = {
  data: { title: texts.families.data, icon: Database, color: 'var(--family-data)' },
  linear: { title: texts.families.linear, icon: Share2, color: 'var(--family-linear)' },
  convolution: { title: texts.families.convolution, icon: Grid3x3, color: 'var(--family-convolution)' },
  pooling: { title: texts.families.pooling, icon: Minimize2, color: 'var(--family-pooling)' },
  activation: { title: texts.families.activation, icon: Activity, color: 'var(--family-activation)' },
  normalization: { title: texts.families.normalization, icon: Blend, color: 'var(--family-normalization)' },
  regularization: { title: texts.families.regularization, icon: Droplets, color: 'var(--family-regularization)' },
  loss: { title: texts.families.loss, icon: Target, color: 'var(--family-loss)' },
  arithmetic: { title: texts.families.arithmetic, icon: Calculator, color: 'var(--family-arithmetic)' },
  reduction: { title: texts.families.reduction, icon: Sigma, color: 'var(--family-reduction)' },
  shape: { title: texts.families.shape, icon: Scaling, color: 'var(--family-shape)' },
  recurrent: { title: texts.families.recurrent, icon: Repeat, color: 'var(--family-recurrent)' },
  detection: { title: texts.families.detection, icon: ScanSearch, color: 'var(--family-detection)' },
  structure: { title: texts.families.structure, icon: Box, color: 'var(--family-structure)' },
} as const satisfies Readonly<Record<string, FamilyLook>> & Readonly<Record<OperatorFamily, FamilyLook>>;

export type FamilyId = keyof typeof familyLooks;
