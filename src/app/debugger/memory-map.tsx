// Buffers over time: x is the step, y the offset in the scratch memory. Bars that share a height re-use the same bytes.
// Pointing at a bar names it, a click shows its node; the arrow keys walk through the buffers.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { BufferFacts, PlanFacts } from '../../engine/protocol.ts';
import { parseValueName } from '../../language/value-name.ts';
import { useTheme, useWorkbench } from '../state/context.tsx';
import { formatBytes } from '../ui/format.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { phaseColors } from '../ui/phase-mark.tsx';
import styles from './plan-panel.module.css';

const t = laterTexts.plan;

interface MemoryMapProps {
  readonly plan: PlanFacts;
  /** Step to mark. */
  readonly step: number | null;
  readonly onStep: (step: number) => void;
}

export function MemoryMap({ plan, step, onStep }: MemoryMapProps) {
  const { reveal } = useWorkbench();
  const [chosen, setChosen] = useState<BufferFacts | null>(null);
  const canvas = useMap(plan, step, chosen);
  const order = plan.buffers;
  const show = (buffer: BufferFacts | null): void => {
    setChosen(buffer);
    if (buffer !== null) onStep(buffer.live[0]);
  };
  const go = (): void => {
    const node = chosen === null ? null : nodeOfBuffer(plan, chosen);
    if (node !== null) void reveal(node);
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') go();
    else if (by !== undefined && order.length > 0) {
      event.preventDefault();
      const at = chosen === null ? (by > 0 ? -1 : 0) : order.indexOf(chosen);
      show(order[(at + by + order.length) % order.length] ?? null);
    }
  };
  const told =
    chosen === null
      ? t.mapHint
      : t.buffer(chosen.name, formatBytes(chosen.bytes), formatBytes(chosen.offset), chosen.live[0], chosen.live[1]);
  return (
    <div className={styles['map']}>
      <div
        className={styles['plot']}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk through its bars
        tabIndex={0}
        aria-label={t.map}
        aria-describedby="memory-map-told"
        onKeyDown={onKey}
        onClick={go}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const x = ((event.clientX - box.left) / box.width) * plan.steps.length;
          const y = (1 - (event.clientY - box.top) / box.height) * plan.scratchBytes;
          const hit = order.find(
            ({ offset, bytes, live }) => x >= live[0] && x < live[1] + 1 && y >= offset && y < offset + bytes,
          );
          if (hit !== chosen) setChosen(hit ?? null);
          onStep(Math.min(plan.steps.length - 1, Math.max(0, Math.floor(x))));
        }}
        onPointerLeave={() => setChosen(null)}
      >
        <canvas ref={canvas} />
      </div>
      <p id="memory-map-told" className={styles['told']} aria-live="polite">
        {told}
      </p>
    </div>
  );
}

/** The node whose value the buffer holds, or else the one whose step writes it. */
function nodeOfBuffer(plan: PlanFacts, { name, live }: BufferFacts): string | null {
  const parsed = parseValueName(name);
  if (parsed.ok) return parsed.value.node;
  return plan.steps[live[0]]?.node || null;
}

function useMap(plan: PlanFacts, step: number | null, chosen: BufferFacts | null) {
  const ref = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what the custom properties say
  useEffect(() => {
    const canvas = ref.current;
    if (canvas === null) return;
    const draw = (): void => paint(canvas, plan, step, chosen);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [plan, step, chosen, theme]);
  return ref;
}

function paint(canvas: HTMLCanvasElement, plan: PlanFacts, step: number | null, chosen: BufferFacts | null): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const color = (css: string): string => style.getPropertyValue(css.replace(/^var\((.*)\)$/, '$1'));
  const across = width / Math.max(1, plan.steps.length);
  const up = height / Math.max(1, plan.scratchBytes);
  for (const buffer of plan.buffers) {
    const [from, to] = buffer.live;
    const phase = plan.steps[Math.max(0, from)]?.phase ?? 'forward';
    const x = Math.max(0, from) * across;
    const tall = Math.max(1, buffer.bytes * up);
    const y = height - buffer.offset * up - tall;
    const wide = Math.max(1, (to - Math.max(0, from) + 1) * across);
    context.globalAlpha = buffer === chosen ? 1 : 0.5;
    context.fillStyle = color(phaseColors[phase]);
    context.fillRect(x, y, wide, tall);
    context.globalAlpha = 1;
    if (tall > 2 && wide > 2) {
      context.strokeStyle = color(buffer === chosen ? '--ink' : '--surface');
      context.lineWidth = buffer === chosen ? 1.5 : 0.5;
      context.strokeRect(x + 0.5, y + 0.5, wide - 1, tall - 1);
    }
    label(context, buffer, { x, y, wide, tall }, color('--ink'));
  }
  if (step !== null) {
    context.fillStyle = color('--current');
    context.fillRect((step + 0.5) * across - 0.75, 0, 1.5, height);
  }
}

function label(
  context: CanvasRenderingContext2D,
  { name }: BufferFacts,
  { x, y, wide, tall }: { x: number; y: number; wide: number; tall: number },
  ink: string,
): void {
  if (tall < 12 || wide < 34) return;
  context.font = '10.5px ui-monospace, Menlo, Consolas, monospace';
  context.fillStyle = ink;
  let text = name;
  while (text.length > 3 && context.measureText(text).width > wide - 8) text = `${text.slice(0, -2)}…`;
  if (text.length > 3) context.fillText(text, x + 4, y + Math.min(tall / 2 + 4, 14));
}
