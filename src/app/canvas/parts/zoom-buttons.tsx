import { useReactFlow } from '@xyflow/react';
import { Layers2, Maximize, Palette, ZoomIn, ZoomOut } from 'lucide-react';
import { fitCommand } from '../../commands/fit.ts';
import { overlayCommand } from '../../commands/overlay.ts';
import { useCommand } from '../../commands/use-command.ts';
import { useView, useWorkbench } from '../../state/context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';

export function ZoomButtons() {
  const react = useReactFlow();
  const { look } = useWorkbench();
  const fit = useCommand(fitCommand);
  const overlay = useCommand(overlayCommand);
  const legend = useView((view) => view.legend);
  return (
    <div className={styles['zoom']}>
      <IconButton label={texts.canvas.zoomOut} icon={ZoomOut} side="top" onClick={() => void react.zoomOut()} />
      <IconButton label={texts.canvas.zoomIn} icon={ZoomIn} side="top" onClick={() => void react.zoomIn()} />
      <IconButton label={fit.title} keys={fit.keys} icon={Maximize} side="top" onClick={fit.run} />
      <IconButton
        label={overlay.title}
        keys={overlay.keys}
        icon={Layers2}
        side="top"
        pressed={overlay.checked === true}
        onClick={overlay.run}
      />
      {!legend && (
        <IconButton label={texts.canvas.legend} icon={Palette} side="top" onClick={() => look({ legend: true })} />
      )}
    </div>
  );
}
