// While numbers are explained: the node whose number it is bears a mark, in the nodes' pictures the receptive field and the
// influence stay lit, and the element itself is framed. Drawn with the pictures, loaded with the first explanation.
import { useStoreApi } from '@xyflow/react';
import { useEffect, useMemo } from 'react';
import type { FieldAnswer, FieldMask } from '../../../engine/protocol/explain.ts';
import type { Summary } from '../../../engine/protocol/views.ts';
import { boxOfElement, coverOf, elementsAt, type FieldCover, type PixelBox } from '../../overlays/thumb-places.ts';
import { useSession, useTheme, useView, useWorkbench } from '../../state/context.tsx';
import { withAncestors } from '../../state/session-store.ts';
import { nodeOfName } from '../../state/walk.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { indexText } from '../../ui/index-text.ts';
import type { FlowNode } from '../flow-types.ts';
import { slotValues } from '../node-facts.ts';
import type { NodePainter, PlacedNode } from '../node-painter.ts';

interface WalkMarksProps {
  readonly nodes: readonly FlowNode[];
  readonly painter: NodePainter;
}

export function WalkMarks({ nodes, painter }: WalkMarksProps) {
  const { session } = useWorkbench();
  const theme = useTheme();
  const place = useView(({ walk }) => walk?.places[walk.at] ?? null);
  const account = useView(({ walk }) => walk?.question === 'account');
  const told = useSession((data) => data.overlayFacts['field'] as FieldAnswer | undefined);
  const revision = useSession((data) => data.report?.revision);
  const shape = useSession((data) => data.report?.values[place?.name ?? '']?.shape);
  const at = place === null || shape === undefined ? '' : indexText(shape, place.index);
  const path = place === null ? '' : shownPath(nodes, nodeOfName(place.name));
  const field = told !== undefined && told.revision === revision && !account ? told : null;
  const lit = useMemo(() => (place === null || field === null ? null : litBy(field, place.name)), [field, place]);

  useClicks();
  useEffect(() => {
    if (place === null) return;
    const look = readLook(theme);
    const covers = createCovers();
    painter.over = (context, placed, zoom) => {
      const { report, summaries } = session.getState();
      slotValues(report, placed.node.data).forEach((name, i) => {
        const slot = placed.node.data.geometry.slots[i];
        const summary = name === null ? undefined : summaries[name];
        if (name === null || slot === undefined || summary?.thumbnail === undefined) return;
        const box = {
          x: placed.x + (slot.x + 1) * zoom,
          y: placed.y + (slot.y + 1) * zoom,
          width: (slot.width - 2) * zoom,
          height: (slot.height - 2) * zoom,
        };
        const own = name === place.name ? place.index : null;
        paintField(context, summary, box, { part: own === null && lit ? lit(name) : 'all', own, look, covers });
      });
    };
    painter.last = (context, placed, zoom) => {
      const node = placed.find(({ node: { data } }) => data.path === path);
      if (node) paintMark(context, node, explainTexts.mark(place.name, account ? '' : at, path), look, zoom);
    };
    painter.redraw();
    return () => {
      painter.over = null;
      painter.last = null;
      painter.redraw();
    };
  }, [place, path, at, account, lit, theme, painter, session]);

  if (place === null) return null;
  return (
    <p className="visually-hidden" data-explained={path}>
      {explainTexts.marked(path, explainTexts.element(place.name, at))}
    </p>
  );
}

/** A click on a number or into a picture of a node asks where that number comes from. */
function useClicks(): void {
  const { explain, session } = useWorkbench();
  const flow = useStoreApi();
  useEffect(() => {
    const pane = flow.getState().domNode;
    const onClick = (event: MouseEvent): void => {
      const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-value]') : null;
      const summary = session.getState().summaries[target?.dataset['value'] ?? ''];
      if (target === null || summary?.state !== 'computed') return;
      const index = target.tagName === 'BUTTON' ? elementUnder(event, target.getBoundingClientRect(), summary) : 0;
      if (index === undefined) return;
      event.stopPropagation();
      explain({ name: summary.name, index });
    };
    pane?.addEventListener('click', onClick, true);
    return () => pane?.removeEventListener('click', onClick, true);
  }, [explain, session, flow]);
}

/** The element that a picture shows at a point of the window; undefined between its planes. */
function elementUnder(
  { clientX, clientY }: MouseEvent,
  box: DOMRect,
  { thumbnail, layout }: Summary,
): number | undefined {
  if (thumbnail === undefined || layout === undefined) return undefined;
  const scale = Math.min(box.width / thumbnail.width, box.height / thumbnail.height);
  const x = (clientX - box.left - (box.width - thumbnail.width * scale) / 2) / scale;
  const y = (clientY - box.top - (box.height - thumbnail.height * scale) / 2) / scale;
  return elementsAt(layout, x, y)[0];
}

/** The node itself, or the block that holds it, as far as it stands on the canvas; '' where neither does. */
function shownPath(nodes: readonly FlowNode[], path: string): string {
  const paths = new Set(nodes.map(({ data }) => data.path));
  return withAncestors(path).find((each) => paths.has(each)) ?? '';
}

type LitPart = FieldMask | 'all' | 'none';

/** Which elements of a value stay lit. A gradient comes from the gradients of what its value influences. */
function litBy({ upstream, downstream }: FieldAnswer, of: string): (name: string) => LitPart {
  const values = new Map([...upstream, ...downstream].map((mask) => [mask.name, mask]));
  const after = new Map(downstream.map((mask) => [`grad(${mask.name})`, mask]));
  const ofGradient = of.startsWith('grad(');
  return (name) => {
    if (name.startsWith('grad(')) return ofGradient ? (after.get(name) ?? 'none') : 'all';
    return values.get(name) ?? (name === of || `grad(${name})` === of ? 'all' : 'none');
  };
}

interface Look {
  readonly veil: string;
  readonly accent: string;
  readonly accentInk: string;
}

/** Colours of the tokens, resolved. */
function readLook(_theme: string): Look {
  const probe = document.createElement('i');
  document.body.append(probe);
  const color = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const look = {
    veil: color('var(--surface)'),
    accent: color('var(--accent)'),
    accentInk: color('var(--accent-ink)'),
  };
  probe.remove();
  return look;
}

interface Cover extends FieldCover {
  readonly field: FieldMask;
  readonly layout: Summary['layout'];
  readonly veil: OffscreenCanvas;
}

/** Veils over pictures, kept while neither the picture's layout nor the field changes. */
function createCovers(): (summary: Summary, field: FieldMask, color: string) => Cover | null {
  const known = new Map<string, Cover>();
  return (summary, field, color) => {
    const { name, layout, thumbnail } = summary;
    if (layout === undefined || thumbnail === undefined) return null;
    const before = known.get(name);
    if (before && before.field === field && before.layout === layout) return before;
    const { width, height } = thumbnail;
    const cover = coverOf(layout, thumbnail, field);
    const veil = new OffscreenCanvas(width, height);
    const context = veil.getContext('2d');
    if (context === null) return null;
    const image = context.createImageData(width, height);
    cover.outside.forEach((outside, i) => {
      image.data[i * 4 + 3] = outside * veilAlpha;
    });
    context.putImageData(image, 0, 0);
    context.globalCompositeOperation = 'source-in';
    context.fillStyle = color;
    context.fillRect(0, 0, width, height);
    const made = { ...cover, field, layout, veil };
    known.set(name, made);
    return made;
  };
}

const veilAlpha = 205;

interface FieldPaint {
  readonly part: LitPart;
  /** The element that is explained, where this is its picture. */
  readonly own: number | null;
  readonly look: Look;
  readonly covers: ReturnType<typeof createCovers>;
}

/** Fades what lies outside of the field, frames a small field and the element itself. */
function paintField(
  context: CanvasRenderingContext2D,
  summary: Summary,
  slot: PixelBox,
  { part, own, look, covers }: FieldPaint,
): void {
  const { thumbnail, layout } = summary;
  if (thumbnail === undefined || layout === undefined) return;
  // As the picture itself is fitted into the slot.
  const scale = Math.min(slot.width / thumbnail.width, slot.height / thumbnail.height);
  const left = slot.x + (slot.width - thumbnail.width * scale) / 2;
  const top = slot.y + (slot.height - thumbnail.height * scale) / 2;
  const cover = typeof part === 'object' && part.count < sizeOf(part) ? covers(summary, part, look.veil) : null;
  if (part === 'none') {
    context.globalAlpha = veilAlpha / 255;
    context.fillStyle = look.veil;
    context.fillRect(slot.x, slot.y, slot.width, slot.height);
    context.globalAlpha = 1;
  } else if (cover) {
    context.imageSmoothingEnabled = false;
    context.drawImage(cover.veil, left, top, thumbnail.width * scale, thumbnail.height * scale);
  }
  const frame = ({ x, y, width, height }: PixelBox, least: number): void => {
    const [wide, high] = [Math.max(least, width * scale), Math.max(least, height * scale)];
    const [x0, y0] = [left + (x + width / 2) * scale - wide / 2, top + (y + height / 2) * scale - high / 2];
    context.strokeStyle = '#000';
    context.lineWidth = 3.5;
    context.strokeRect(x0, y0, wide, high);
    context.strokeStyle = '#fff';
    context.lineWidth = 1.5;
    context.strokeRect(x0, y0, wide, high);
  };
  for (const outline of cover?.outlines ?? []) frame(outline, 3);
  const box = own === null ? null : boxOfElement(layout, own);
  if (box) frame(box, 5);
}

function sizeOf({ shape }: FieldMask): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** A ring around the node and a tag with the element's name: told by form and text, not by colour alone. */
function paintMark(context: CanvasRenderingContext2D, node: PlacedNode, text: string, look: Look, zoom: number): void {
  const gap = Math.max(3, 6 * Math.min(1, zoom));
  context.strokeStyle = look.accent;
  context.lineWidth = 2.5;
  context.beginPath();
  context.roundRect(node.x - gap, node.y - gap, node.width + 2 * gap, node.height + 2 * gap, 7 * zoom + gap);
  context.stroke();
  context.font = '600 11px ui-monospace, Menlo, Consolas, monospace';
  const width = context.measureText(text).width + 14;
  const [x, y, height] = [node.x - gap, node.y + node.height + gap - 1, 18];
  context.fillStyle = look.accent;
  context.beginPath();
  context.roundRect(x, y, width, height, 4);
  context.fill();
  context.fillStyle = look.accentInk;
  context.textBaseline = 'middle';
  context.fillText(text, x + 7, y + height / 2 + 0.5);
  context.textBaseline = 'alphabetic';
}
