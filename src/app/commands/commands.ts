// Every command, in the order in which menus and the palette list them.

import { addNodeCommand } from './add-node.ts';
import { addNoteCommand } from './add-note.ts';
import { breakpointCommand } from './breakpoint.ts';
import type { Command } from './command.ts';
import { connectNodeCommand } from './connect-node.ts';
import { continueCommand } from './continue.ts';
import { copyCommand } from './copy.ts';
import { cutCommand } from './cut.ts';
import { duplicateCommand } from './duplicate.ts';
import { enterCommand } from './enter.ts';
import { explainCommand } from './explain.ts';
import { findCommand } from './find.ts';
import { finishCommand } from './finish.ts';
import { firstTimeCommand } from './first-time.ts';
import { fitCommand } from './fit.ts';
import { gradientCheckCommand } from './gradient-check.ts';
import { groupCommand } from './group.ts';
import { layoutCommand } from './layout.ts';
import { leaveCommand } from './leave.ts';
import { loadWeightsCommand } from './load-weights.ts';
import { menuCommand } from './menu.ts';
import { minimapCommand } from './minimap.ts';
import { newGraphCommand } from './new-graph.ts';
import { openCommand } from './open.ts';
import { overlayCommand } from './overlay.ts';
import { paletteCommand } from './palette.ts';
import { pasteCommand } from './paste.ts';
import { pauseTrainingCommand } from './pause-training.ts';
import { redoCommand } from './redo.ts';
import { removeCommand } from './remove.ts';
import { resetCommand } from './reset.ts';
import { restartCommand } from './restart.ts';
import { reverseContinueCommand } from './reverse-continue.ts';
import { runToCommand } from './run-to.ts';
import { saliencyCommand } from './saliency.ts';
import { saveCommand } from './save.ts';
import { saveOnnxCommand } from './save-onnx.ts';
import { saveSessionCommand } from './save-session.ts';
import { saveWeightsCommand } from './save-weights.ts';
import { saveWeightsNpzCommand } from './save-weights-npz.ts';
import { selectAllCommand } from './select-all.ts';
import { shareLinkCommand } from './share-link.ts';
import { stepCommand } from './step.ts';
import { stepBackCommand } from './step-back.ts';
import { stepIntoCommand } from './step-into.ts';
import { stepIntoBackCommand } from './step-into-back.ts';
import { stepIterationCommand } from './step-iteration.ts';
import { stepIterationBackCommand } from './step-iteration-back.ts';
import { stepOutCommand } from './step-out.ts';
import { stepOutBackCommand } from './step-out-back.ts';
import { stepPhaseCommand } from './step-phase.ts';
import { stepPhaseBackCommand } from './step-phase-back.ts';
import { stopTrainingCommand } from './stop-training.ts';
import { themeCommand } from './theme.ts';
import { toggleDockCommand } from './toggle-dock.ts';
import { toggleInspectorCommand } from './toggle-inspector.ts';
import { togglePaletteCommand } from './toggle-palette.ts';
import { trainCommand } from './train.ts';
import { trainIterationCommand } from './train-iteration.ts';
import { undoCommand } from './undo.ts';
import { ungroupCommand } from './ungroup.ts';
import { viewValueCommand } from './view-value.ts';
import { walkBackCommand } from './walk-back.ts';
import { walkForwardCommand } from './walk-forward.ts';
import { zoomSelectionCommand } from './zoom-selection.ts';

export const commands: readonly Command[] = [
  undoCommand,
  redoCommand,
  copyCommand,
  cutCommand,
  pasteCommand,
  duplicateCommand,
  removeCommand,
  selectAllCommand,
  findCommand,
  paletteCommand,
  addNodeCommand,
  addNoteCommand,
  connectNodeCommand,
  layoutCommand,
  fitCommand,
  zoomSelectionCommand,
  minimapCommand,
  overlayCommand,
  menuCommand,
  viewValueCommand,
  explainCommand,
  walkBackCommand,
  walkForwardCommand,
  enterCommand,
  leaveCommand,
  themeCommand,
  togglePaletteCommand,
  toggleInspectorCommand,
  toggleDockCommand,
  newGraphCommand,
  openCommand,
  saveCommand,
  saveOnnxCommand,
  saveSessionCommand,
  shareLinkCommand,
  saveWeightsCommand,
  saveWeightsNpzCommand,
  loadWeightsCommand,
  stepCommand,
  stepBackCommand,
  continueCommand,
  reverseContinueCommand,
  stepOutCommand,
  finishCommand,
  restartCommand,
  stepIntoCommand,
  stepIntoBackCommand,
  stepOutBackCommand,
  stepPhaseCommand,
  stepPhaseBackCommand,
  stepIterationCommand,
  stepIterationBackCommand,
  firstTimeCommand,
  breakpointCommand,
  runToCommand,
  saliencyCommand,
  gradientCheckCommand,
  resetCommand,
  trainCommand,
  pauseTrainingCommand,
  stopTrainingCommand,
  trainIterationCommand,
  groupCommand,
  ungroupCommand,
];
