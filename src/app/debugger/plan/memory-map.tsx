// Buffers over time: x is the step, y the offset in the scratch memory. Bars that share a height re-use the same bytes (a notch
// at their start says so). Pointing at a bar names it, a click shows its node; the arrow keys walk through the buffers.
import { type KeyboardEvent, useState } from 'react';
import type { BufferFacts, BufferKind, PlanFacts } from '../../../engine/protocol/plans.ts';
import { useWorkbench } from '../../state/context.tsx';
import { Button } from '../../ui/button.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes } from '../../ui/format.ts';
import { type Draw, useDrawing } from '../use-drawing.ts';
import styles from './plan-panel.module.css';

const t = debuggerTexts.plan;
const kinds: readonly BufferKind[] = ['feed', 'value', 'gradient', 'intermediate', 'workspace'];

interface MemoryMapProps {
  readonly plan: PlanFacts;
  /** Step to mark. */
  readonly step: number | null;
  /** Whether a node is selected on the canvas. */
  readonly belongs: (node: string) => boolean;
  readonly onStep: (step: number) => void;
  /** A step to be brought into sight in the list. */
  readonly onShow: (step: number) => void;
}

export function MemoryMap({ plan, step, belongs, onStep, onShow }: MemoryMapProps) {
  const { reveal } = useWorkbench();
  const [chosen, setChosen] = useState<number | null>(null);
  const [peak, setPeak] = useState(false);
  const marks = { step, chosen, peak, belongs };
  const canvas = useDrawing((...on) => paint(plan, marks, ...on), [plan, step, chosen, peak, belongs]);
  const order = plan.buffers;
  const buffer = chosen === null ? undefined : order[chosen];
  const show = (index: number): void => {
    setChosen(index);
    onShow(order[index]?.live[0] ?? 0);
  };
  const go = (): void => {
    if (buffer !== undefined && buffer.node !== '') void reveal(buffer.node);
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const end = { Home: 0, End: order.length - 1 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || order.length === 0) return;
    if (event.key === 'Enter') go();
    else if (end !== undefined) {
      event.preventDefault();
      show(end);
    } else if (by !== undefined) {
      event.preventDefault();
      show(chosen === null ? (by > 0 ? 0 : order.length - 1) : (chosen + by + order.length) % order.length);
    }
  };
  const words = buffer !== undefined ? told(plan, chosen as number, buffer) : peak ? toldPeak(plan) : t.mapHint;
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
          const hit = order.findIndex(
            ({ offset, bytes, live }) => x >= live[0] && x < live[1] + 1 && y >= offset && y < offset + bytes,
          );
          setChosen(hit < 0 ? null : hit);
          onStep(Math.min(plan.steps.length - 1, Math.max(0, Math.floor(x))));
        }}
        onPointerLeave={() => setChosen(null)}
      >
        <canvas ref={canvas} />
      </div>
      <div className={styles['under']}>
        <ul className={styles['kinds']} aria-label={t.kindLegend}>
          {kinds.map((kind) => (
            <li key={kind} className={styles['kind']} data-kind={kind}>
              <i />
              {t.kinds[kind]}
            </li>
          ))}
        </ul>
        <Button
          look="quiet"
          pressed={peak}
          onClick={() => {
            setPeak(!peak);
            setChosen(null);
            if (!peak) onShow(plan.peak.step);
          }}
        >
          {t.showPeak}
        </Button>
      </div>
      <p id="memory-map-told" className={styles['told']} aria-live="polite" title={words}>
        {words}
      </p>
    </div>
  );
}

function told(plan: PlanFacts, index: number, buffer: BufferFacts): string {
  const { name, bytes, offset, live, takesOver, views } = buffer;
  const before = takesOver.map((each) => plan.buffers[each]?.name ?? '');
  const after = plan.buffers.flatMap((each) => (each.takesOver.includes(index) ? [each.name] : []));
  return [
    t.buffer(name, formatBytes(bytes), formatBytes(offset), live[0], live[1]),
    ...(views.length > 0 ? [t.sameBytes(views.join(', '))] : []),
    ...(before.length > 0 ? [t.takesOver(before.join(', '))] : []),
    ...(after.length > 0 ? [t.handsOver(after.join(', '))] : []),
  ].join(' · ');
}

function toldPeak({ peak, buffers }: PlanFacts): string {
  const names = peak.buffers
    .map((index) => buffers[index])
    .filter((buffer) => buffer !== undefined)
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`);
  return `${t.peakAt(peak.step, formatBytes(peak.bytes), peak.buffers.length)}: ${names.join(', ')}`;
}

interface Marks {
  readonly step: number | null;
  readonly chosen: number | null;
  /** What lives at the peak stands out. */
  readonly peak: boolean;
  readonly belongs: (node: string) => boolean;
}

function paint(
  plan: PlanFacts,
  { step, chosen, peak, belongs }: Marks,
  ...[context, { width, height }, color]: Parameters<Draw>
): void {
  const fills = Object.fromEntries(kinds.map((kind) => [kind, color(`--kind-${kind}`)]));
  const [ink, surface, accent] = [color('--map-ink'), color('--map-surface'), color('--map-accent')];
  const across = width / Math.max(1, plan.steps.length);
  const up = height / Math.max(1, plan.scratchBytes);
  const alive = new Set(plan.peak.buffers);
  plan.buffers.forEach((buffer, index) => {
    const [from, to] = buffer.live;
    const x = Math.max(0, from) * across;
    const tall = Math.max(1, buffer.bytes * up);
    const y = height - buffer.offset * up - tall;
    const wide = Math.max(1, (Math.min(plan.steps.length - 1, to) - Math.max(0, from) + 1) * across);
    const marked = index === chosen || (buffer.node !== '' && belongs(buffer.node));
    context.globalAlpha = index === chosen ? 1 : peak && !alive.has(index) ? 0.14 : 0.62;
    context.fillStyle = fills[buffer.kind] ?? '';
    context.fillRect(x, y, wide, tall);
    context.globalAlpha = 1;
    if (tall > 2 && wide > 2) {
      context.strokeStyle = index === chosen ? ink : marked ? accent : surface;
      context.lineWidth = marked ? 2 : 0.5;
      context.strokeRect(x + 0.5, y + 0.5, wide - 1, tall - 1);
    }
    if (buffer.takesOver.length > 0 && tall >= 6 && wide >= 6) {
      context.fillStyle = ink;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + 5, y);
      context.lineTo(x, y + 5);
      context.fill();
    }
    label(context, buffer, { x, y, wide, tall }, ink, surface);
  });
  const line = (at: number, css: string, dashed: boolean): void => {
    context.strokeStyle = css;
    context.lineWidth = 1.5;
    context.setLineDash(dashed ? [4, 3] : []);
    context.beginPath();
    context.moveTo((at + 0.5) * across, 0);
    context.lineTo((at + 0.5) * across, height);
    context.stroke();
    context.setLineDash([]);
  };
  if (peak) line(plan.peak.step, ink, true);
  if (step !== null) line(step, color('--map-current'), false);
}

function label(
  context: CanvasRenderingContext2D,
  { name }: BufferFacts,
  { x, y, wide, tall }: { x: number; y: number; wide: number; tall: number },
  ink: string,
  halo: string,
): void {
  if (tall < 12 || wide < 34) return;
  context.font = '11px ui-monospace, Menlo, Consolas, monospace';
  let text = name;
  while (text.length > 3 && context.measureText(text).width > wide - 12) text = `${text.slice(0, -2)}…`;
  if (text.length <= 3) return;
  // Readable on every colour, also where bars lie over one another.
  const [left, line] = [x + 7, y + Math.min(tall / 2 + 4, 14)];
  context.strokeStyle = halo;
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeText(text, left, line);
  context.fillStyle = ink;
  context.fillText(text, left, line);
}
