/** What a device can do. It issues its operations in order, does not wait for them, and waits where it uses a value. */
import type { Body, Steps } from "./body.js";
import type { Condition } from "./condition.js";
import type { DeviceName, IoRegister, Place, Register, Value } from "./handle.js";
import { call } from "./tree.js";

/** Attributes of a transaction: relaxed ordering, ID-based ordering, unordered I/O, traffic class. */
export type TransactionAttribute = "RO" | "IDO" | "UIO" | "AT" | `TC(${number})`;

/** What DMA reaches: memory, or a register of another device (peer to peer). */
export type DmaTarget = Place | IoRegister<"mmio">;

/** What a device's program can do. */
export interface DeviceProgram extends Steps<Value> {
  /** `DMA_WRITE(*x, value)`: a posted memory write. */
  dmaWrite(target: DmaTarget, value: Value, ...attributes: readonly TransactionAttribute[]): void;
  /** `r0 = DMA_WRITE(*x, value, UIO)`: an unordered write, which is answered. Gives 0; where that register is used, the completion is waited for. */
  dmaWriteAnswered(target: DmaTarget, value: Value): Register;
  /** `DMA_READ(*x)`: a memory read, whose value is in a new register. */
  dmaRead(target: DmaTarget, ...attributes: readonly TransactionAttribute[]): Register;
  /** `r0 = DMA_READ(*x)`: into a register that there is, for loops. */
  dmaReadInto(register: Register, target: DmaTarget, ...attributes: readonly TransactionAttribute[]): void;
  /** `DMA_READ_ZERO(*x)`: a zero-length read, which flushes this requester's earlier posted writes. Gives 0; where that register is used, the flush is waited for. */
  dmaReadZero(target: DmaTarget, ...attributes: readonly TransactionAttribute[]): Register;
  /** `DMA_WRITEV(*a, 1, *b, 2)`: one write that covers several words, in increasing address order. */
  dmaWritev(parts: readonly (readonly [Place, Value])[], ...attributes: readonly TransactionAttribute[]): void;
  /** `DMA_READV(r0, *a, r1, *b)`: one read that covers several words; one register for each. */
  dmaReadv(places: readonly Place[], ...attributes: readonly TransactionAttribute[]): readonly Register[];
  /** `DMA_FETCH_ADD(*x, value)`: gives the old value. */
  dmaFetchAdd(target: DmaTarget, value: Value, ...attributes: readonly TransactionAttribute[]): Register;
  /** `DMA_SWAP(*x, value)`: gives the old value. */
  dmaSwap(target: DmaTarget, value: Value, ...attributes: readonly TransactionAttribute[]): Register;
  /** `DMA_CAS(*x, old, new)`: gives the old value. */
  dmaCas(target: DmaTarget, old: Value, value: Value, ...attributes: readonly TransactionAttribute[]): Register;
  /** `MSI(vector)`: a message-signalled interrupt, which is a posted write. */
  msi(vector?: number, ...attributes: readonly TransactionAttribute[]): void;
  /** `INTX()`: the interrupt pin; on PCIe the Assert_INTx message. */
  intx(...attributes: readonly TransactionAttribute[]): void;
  /** `D0.reg = value`: the device's own register, at once. */
  set(register: IoRegister, value: Value): void;
  /** `r0 = D0.reg`: the device's own register, at once. */
  get(register: IoRegister): Register;
  /** `ANSWER(D0.status, value)`: answers the oldest read of that register that waits; without a value: with what the register holds. */
  answer(register: IoRegister, value?: Value, ...attributes: readonly ("RO" | "IDO")[]): void;
  /** `WAIT(condition)`: until it holds, over own registers and values. */
  wait(condition: Condition<Value | IoRegister>): void;
  /** `TELL(D1)`: tells another device out of band, once the earlier operations are issued, wherever they then wait. */
  tell(device: DeviceName): void;
  /** `HEAR(D0)`: waits for such a word. */
  hear(device: DeviceName): void;
  /** `ATOMIC { … }`: one indivisible step. */
  atomic(body: () => void): void;
  /** `ATS_INVALIDATE_DONE()`: the posted message that follows the function's earlier writes. */
  atsInvalidateDone(): void;
}

/** Records a device's program into `body`. */
export function deviceProgram(body: Body): DeviceProgram {
  return {
    ...body.steps<Value>(),
    dmaWrite: (target, value, ...attributes) => body.perform(body.invoke("DMA_WRITE", [target, value], attributes)),
    dmaWriteAnswered: (target, value) => body.declare(body.invoke("DMA_WRITE", [target, value], ["UIO"])),
    dmaRead: (target, ...attributes) => body.declare(body.invoke("DMA_READ", [target], attributes)),
    dmaReadInto: (register, target, ...attributes) => {
      body.put(body.invoke("DMA_READ", [target], attributes), register);
    },
    dmaReadZero: (target, ...attributes) => body.declare(body.invoke("DMA_READ_ZERO", [target], attributes)),
    dmaWritev: (parts, ...attributes) => body.perform(body.invoke("DMA_WRITEV", parts.flat(), attributes)),
    dmaReadv: (places, ...attributes) => {
      const registers = places.map(() => body.declare());
      const parts = places.flatMap((place, at) => [registers[at] as Register, place]);
      body.perform(body.invoke("DMA_READV", parts, attributes));
      return registers;
    },
    dmaFetchAdd: (target, value, ...attributes) => body.declare(body.invoke("DMA_FETCH_ADD", [target, value], attributes)),
    dmaSwap: (target, value, ...attributes) => body.declare(body.invoke("DMA_SWAP", [target, value], attributes)),
    dmaCas: (target, old, value, ...attributes) => body.declare(body.invoke("DMA_CAS", [target, old, value], attributes)),
    msi: (vector, ...attributes) => body.perform(body.invoke("MSI", vector === undefined ? [] : [vector], attributes)),
    intx: (...attributes) => body.perform(body.invoke("INTX", [], attributes)),
    set: (register, value) => body.store(body.io(register), body.expression(value)),
    get: (register) => body.declare(body.io(register)),
    answer: (register, value, ...attributes) =>
      body.perform(body.invoke("ANSWER", value === undefined ? [register] : [register, value], attributes)),
    wait: (condition) => body.perform(call("WAIT", [body.condition(condition)])),
    tell: (device) => body.perform(body.invoke("TELL", [device])),
    hear: (device) => body.perform(body.invoke("HEAR", [device])),
    atomic: (build) => body.atomic(build),
    atsInvalidateDone: () => body.perform(body.invoke("ATS_INVALIDATE_DONE", [])),
  };
}
