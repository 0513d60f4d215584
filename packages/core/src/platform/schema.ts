/** The JSON schema of platform files, for editors. Made from the same description that the validator uses; platforms/platform.schema.json is its copy. */
import { cpuShape, fabricShape, machinesShape, platformShape } from "./file-shape.js";
import type { Field, Shape } from "./shape.js";

type Schema = { readonly [key: string]: unknown };

/** The JSON schema of what has that shape. */
export function schemaOf(shape: Shape): Schema {
  switch (shape.kind) {
    case "any":
      return {};
    case "text":
      return shape.pattern === undefined ? { type: "string" } : { type: "string", pattern: shape.pattern.source };
    case "amount":
      return { type: "number", minimum: 0 };
    case "word":
      return shape.words.length === 1 ? { const: shape.words[0] } : { enum: shape.words };
    case "boolean":
      return { type: "boolean" };
    case "count":
      return { type: "integer", minimum: 1 };
    case "list":
      return { type: "array", items: schemaOf(shape.of), ...(shape.filled === true ? { minItems: 1 } : {}) };
    case "map": {
      const of = schemaOf(shape.of);
      if (shape.keys === undefined) return { type: "object", additionalProperties: of };
      return { type: "object", propertyNames: { enum: shape.keys }, additionalProperties: of };
    }
    case "record": {
      const fields: readonly (readonly [string, Field])[] = Object.entries(shape.fields);
      return {
        type: "object",
        properties: Object.fromEntries(fields.map(([name, field]) => [name, { description: field.says, ...schemaOf(field.shape) }])),
        required: fields.filter(([, field]) => field.optional !== true).map(([name]) => name),
        additionalProperties: false,
      };
    }
    case "either":
      return { anyOf: shape.shapes.map(schemaOf) };
  }
}

/** A whole part where nothing stands under `like`, and a variant where something does. */
const wholeOrVariant = (shape: (variant: boolean, inline: boolean) => Shape, inline: boolean): Schema => ({
  if: { required: ["like"] },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
  then: schemaOf(shape(true, inline)),
  else: schemaOf(shape(false, inline)),
});

const part = (name: string): Schema => ({ anyOf: [{ type: "string" }, { $ref: `#/$defs/${name}-here` }] });

/** The JSON schema of platform files, for editors. */
export function platformSchema(): Schema {
  const platform = schemaOf(platformShape) as { readonly properties: Schema };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "platform.schema.json",
    title: "A Fencepost platform file",
    type: "object",
    required: ["kind"],
    allOf: ["cpu", "fabric", "machines", "platform"].map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ["kind"] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
      then: { $ref: `#/$defs/${kind}` },
    })),
    $defs: {
      cpu: wholeOrVariant(cpuShape, false),
      fabric: wholeOrVariant(fabricShape, false),
      machines: schemaOf(machinesShape),
      platform: { ...platform, properties: { ...platform.properties, cpu: part("cpu"), fabric: part("fabric") } },
      "cpu-here": wholeOrVariant(cpuShape, true),
      "fabric-here": wholeOrVariant(fabricShape, true),
    },
  };
}
