/** A program as text, for people who look for what a test became, and for tests. */
import {
  ADDRESS_BASE,
  type Arrival,
  type Attributes,
  type Expression,
  type Formula,
  type Location,
  type Modify,
  type Operand,
  type Operation,
  type Program,
  type Thread,
} from "./program.js";

/** A listing of the whole program: locations, devices, threads with numbered operations, condition. Ends with a newline. */
export function printProgram(program: Program): string {
  const lines = [`program ${program.name}`];
  program.locations.forEach((location, index) => {
    lines.push(`  ${printLocation(program, location, index)}`);
  });
  for (const device of program.devices) {
    const place = `node ${device.node} bridge ${device.bridge} port ${device.port} slot ${device.slot} function ${device.function}`;
    const card = program.devices[device.card]?.name ?? "?";
    lines.push(
      `  device ${device.name}: ${place}${card === device.name ? "" : ` card ${card}`}${device.switch === -1 ? "" : ` switch ${device.switch}`}`,
    );
  }
  for (const thread of program.threads) {
    lines.push(`${printThreadHead(program, thread)}`);
    thread.code.forEach((operation, index) => {
      lines.push(`  ${String(index).padStart(2)}  ${printOperation(program, thread, operation)}`);
    });
  }
  if (program.filter !== undefined) lines.push(`filter ${printFormula(program, program.filter)}`);
  lines.push(`${program.condition.quantifier} ${printFormula(program, program.condition.formula)}`);
  lines.push(`observed ${program.observed.map((observed) => observed.label).join(" ")}`.trimEnd());
  return `${lines.join("\n")}\n`;
}

function printLocation(program: Program, location: Location, index: number): string {
  const { mapping } = location;
  const words: string[] = [];
  if (location.space !== "memory") words.push(location.space);
  if (location.space === "mmio" && location.memoryType !== "uc") words.push(location.memoryType);
  if (location.combining) words.push("combining");
  if (mapping.mode === "streaming") words.push("streaming");
  if (mapping.writeBarrier) words.push("write_barrier");
  if (mapping.weakOrdering) words.push("weak_ordering");
  if (mapping.relaxedOrdering) words.push("relaxed_ordering");
  if (mapping.prefetch) words.push("prefetch");
  if (mapping.mask !== 64) words.push(`mask=${mapping.mask}`);
  if (mapping.device !== -1) words.push(`for=${deviceName(program, mapping.device)}`);
  if (location.lock) words.push("lock");
  if (location.line !== index) words.push(`line=${program.locations[location.line]?.name ?? location.line}`);
  return `${location.name} = ${printValue(program, location.initial)}${words.length === 0 ? "" : ` (${words.join(", ")})`}`;
}

function printThreadHead(program: Program, thread: Thread): string {
  const words: string[] = [];
  if (thread.role === "device") {
    const device = deviceName(program, thread.device);
    if (device !== thread.name) words.push(`in ${device}`);
  } else words.push(`cpu ${thread.cpu}`);
  if (thread.node !== 0) words.push(`node ${thread.node}`);
  if (thread.user) words.push("user");
  const { on } = thread;
  if (on !== undefined) {
    if (on.kind === "write" || on.kind === "read") words.push(`on ${on.kind}(${locationName(program, on.location)})`);
    else words.push(`on ${on.kind}(${deviceName(program, on.device)}${on.kind === "msi" && on.vector !== 0 ? `, ${on.vector}` : ""})`);
  }
  thread.initial.forEach((value, register) => {
    if (value !== 0) words.push(`${thread.registers[register] ?? "?"}=${printValue(program, value)}`);
  });
  return [`${thread.name}:`, ...words].join(" ");
}

/** One operation in one line, without its number. */
export function printOperation(program: Program, thread: Thread, operation: Operation): string {
  const register = (index: number | undefined): string => (index === undefined ? "_" : (thread.registers[index] ?? `r?${index}`));
  const value = (expression: Expression): string => printExpression(program, thread, expression);
  const at = (expression: Expression): string =>
    expression.kind === "constant" ? place(program, expression.value) : `*(${value(expression)})`;
  const location = (index: number): string => locationName(program, index);
  switch (operation.kind) {
    case "assign":
      return `${register(operation.target)} = ${value(operation.value)}`;
    case "branch":
      return `branch ${value(operation.condition)} else ${operation.otherwise} join ${operation.join}`;
    case "jump":
      return `jump ${operation.to}`;
    case "loop":
      return `loop ${operation.head}${operation.polls ? " polls" : ""}`;
    case "read":
      return `${register(operation.target)} = ${operation.accessor} ${at(operation.address)}`;
    case "write":
      return `${operation.accessor} ${at(operation.address)} = ${value(operation.value)}`;
    case "atomic":
      return `${operation.returns === "nothing" ? "" : `${register(operation.target)} = `}${operation.accessor} ${at(operation.address)} ${printModify(operation.modify, value)} [${operation.order}${operation.returns === "nothing" ? "" : `, ${operation.returns}`}]`;
    case "lock":
    case "unlock":
      return `${operation.accessor} ${at(operation.address)}`;
    case "trylock":
    case "is-locked":
      return `${register(operation.target)} = ${operation.accessor} ${at(operation.address)}`;
    case "barrier":
      return operation.accessor;
    case "pio-read":
      return `${register(operation.target)} = ${operation.accessor} ${location(operation.location)}`;
    case "pio-write":
      return `${operation.accessor} ${location(operation.location)} = ${value(operation.value)}`;
    case "dma-api":
      return `dma ${operation.call} ${location(operation.location)}`;
    case "delay":
      return operation.call;
    case "interrupts":
      return `interrupts ${operation.enable ? "on" : "off"}`;
    case "migrate":
      return `migrate ${value(operation.cpu)}`;
    case "ats-wait":
      return `ats-wait ${deviceName(program, operation.device)}`;
    case "dma-write":
      return `dma-write ${operation.parts.map((part) => `${at(part.address)} = ${value(part.value)}`).join(", ")}${printAttributes(operation.attributes)}`;
    case "dma-read": {
      const parts = operation.parts.map((part) => `${register(part.target)} = ${at(part.address)}`).join(", ");
      return `dma-read${operation.zeroLength ? "-zero" : ""} ${parts}${printAttributes(operation.attributes)}`;
    }
    case "dma-atomic":
      return `${register(operation.target)} = dma-atomic ${at(operation.address)} ${printModify(operation.modify, value)}${printAttributes(operation.attributes)}`;
    case "msi":
      return `msi ${operation.vector}${printAttributes(operation.attributes)}`;
    case "intx":
    case "ats-invalidate-done":
      return `${operation.kind}${printAttributes(operation.attributes)}`;
    case "register-read":
      return `${register(operation.target)} = ${location(operation.location)}`;
    case "register-write":
      return `${location(operation.location)} = ${value(operation.value)}`;
    case "answer": {
      const given = operation.value === undefined ? "" : ` = ${value(operation.value)}`;
      return `answer ${location(operation.location)}${given}${printAttributes(operation.attributes)}`;
    }
    case "wait": {
      const reads = operation.reads.map((read) => `${register(read.target)} = ${location(read.location)}`).join(", ");
      return `wait ${value(operation.condition)}${reads === "" ? "" : ` where ${reads}`}`;
    }
    case "tell":
    case "hear":
      return `${operation.kind} ${deviceName(program, operation.device)}`;
    case "atomic-block":
      return `atomic ${operation.length}`;
  }
}

/** An expression in C's notation, with parentheses around every operation that is inside another. */
export function printExpression(program: Program, thread: Thread, expression: Expression): string {
  const inner = (child: Expression): string => {
    const text = printExpression(program, thread, child);
    return child.kind === "binary" || child.kind === "conditional" ? `(${text})` : text;
  };
  switch (expression.kind) {
    case "constant":
      return printValue(program, expression.value);
    case "register":
      return thread.registers[expression.register] ?? `r?${expression.register}`;
    case "unary":
      return `${expression.operator}${inner(expression.operand)}`;
    case "binary":
      return `${inner(expression.left)} ${expression.operator} ${inner(expression.right)}`;
    case "conditional":
      return `${inner(expression.condition)} ? ${inner(expression.then)} : ${inner(expression.else)}`;
  }
}

function printModify(modify: Modify, value: (expression: Expression) => string): string {
  switch (modify.kind) {
    case "exchange":
      return `= ${value(modify.value)}`;
    case "compare":
      return `${value(modify.expected)} -> ${value(modify.value)}`;
    case "add-unless":
      return `+ ${value(modify.value)} unless ${value(modify.unless)}`;
    case "arithmetic":
      return `${modify.operator} ${value(modify.value)}`;
  }
}

function printAttributes(attributes: Attributes): string {
  const words = [
    attributes.ro ? "RO" : "",
    attributes.ido ? "IDO" : "",
    attributes.uio ? "UIO" : "",
    attributes.translated ? "AT" : "",
    attributes.tc === 0 ? "" : `TC(${attributes.tc})`,
  ].filter((word) => word !== "");
  return words.length === 0 ? "" : ` [${words.join(", ")}]`;
}

function printFormula(program: Program, formula: Formula): string {
  const inner = (child: Formula): string =>
    child.kind === "and" || child.kind === "or" ? `(${printFormula(program, child)})` : printFormula(program, child);
  switch (formula.kind) {
    case "constant":
      return String(formula.value);
    case "compare":
      return `${printOperand(program, formula.left)}${formula.operator}${printOperand(program, formula.right)}`;
    case "order": {
      const { first, second } = formula;
      const arrived = ({ location, value }: Arrival): string =>
        `${locationName(program, location)}${value === undefined ? "" : `=${value}`}`;
      return `order(${arrived(first)}, ${arrived(second)})`;
    }
    case "stuck":
      return "stuck";
    case "not":
      return `~${inner(formula.operand)}`;
    case "and":
      return `${inner(formula.left)} /\\ ${inner(formula.right)}`;
    case "or":
      return `${inner(formula.left)} \\/ ${inner(formula.right)}`;
  }
}

function printOperand(program: Program, operand: Operand): string {
  switch (operand.kind) {
    case "constant":
      return printValue(program, operand.value);
    case "location":
      return `[${locationName(program, operand.location)}]`;
    case "register": {
      const thread = program.threads[operand.thread];
      return `${thread?.name ?? "?"}:${thread?.registers[operand.register] ?? "?"}`;
    }
  }
}

/** A value; one that is the address of a location is printed as `&x`. */
function printValue(program: Program, value: number): string {
  const location = program.locations[value - ADDRESS_BASE];
  return location === undefined ? String(value) : `&${location.name}`;
}

/** What stands at an address. */
function place(program: Program, address: number): string {
  return program.locations[address - ADDRESS_BASE]?.name ?? `*${address}`;
}

const locationName = (program: Program, index: number): string => program.locations[index]?.name ?? `location ${index}`;
const deviceName = (program: Program, index: number): string => program.devices[index]?.name ?? `device ${index}`;
