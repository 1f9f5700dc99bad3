// Every generator of `npm run gen`, in the order in which they run.
import { biomeOverrides } from './biome-overrides.mjs';
import { catalogue } from './catalogue.mjs';
import { graphSchemaFile } from './graph-schema.mjs';
import { libraryEntry } from './library-entry.mjs';
import { onnxForms } from './onnx-forms.mjs';
import { onnxSchema } from './onnx-schema.mjs';
import { operatorDocs } from './operator-docs.mjs';
import { overlayRegistry } from './overlay-registry.mjs';
import { operatorRegistry, optimizerRegistry, scheduleRegistry } from './registries.mjs';
import { scheduleCatalogue } from './schedule-catalogue.mjs';

/** @type {{ name: string, outputs: string[], run: () => Promise<Record<string, string>> }[]} */
export const generators = [
  biomeOverrides,
  operatorRegistry,
  optimizerRegistry,
  scheduleRegistry,
  scheduleCatalogue,
  catalogue,
  graphSchemaFile,
  libraryEntry,
  onnxSchema,
  onnxForms,
  operatorDocs,
  overlayRegistry,
];
