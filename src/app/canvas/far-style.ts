// Colours of what the canvas draws itself.
import type { Theme } from '../../engine/protocol/views.ts';
import { familyLooks } from '../ui/family-look.ts';

export interface FarStyle {
  readonly surface: string;
  readonly line: string;
  readonly wire: string;
  readonly ink: string;
  readonly accent: string;
  readonly error: string;
  readonly families: Readonly<Record<string, string>>;
}

/** Colours of the tokens as the canvas needs them; read once a theme. */
export function readFarStyle(element: Element, _theme: Theme): FarStyle {
  const probe = document.createElement('i');
  element.append(probe);
  const color = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const families = Object.fromEntries(Object.entries(familyLooks).map(([id, look]) => [id, color(look.color)]));
  const style = {
    surface: color('var(--surface)'),
    line: color('var(--line-strong)'),
    wire: color('var(--wire)'),
    ink: color('var(--ink)'),
    accent: color('var(--accent)'),
    error: color('var(--error)'),
    families,
  };
  probe.remove();
  return style;
}
