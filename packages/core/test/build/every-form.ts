/** A test with every form that the builder has; its text is every-form.litmus. */
import {
  addressOf,
  and,
  arrival,
  at,
  calculate,
  DMA_ATTR_WEAK_ORDERING,
  deref,
  dmaAllocCoherent,
  dmaFlagsSetDmaflush,
  dmaMapSingle,
  dmaMapSingleAttrs,
  dmaSetMask,
  eq,
  ge,
  gt,
  ibvAccessRelaxedOrdering,
  le,
  lt,
  ne,
  not,
  onIntx,
  onMsi,
  onRead,
  onWrite,
  or,
  order,
  prefetched,
  test,
} from "@fencepost/core/build";

export const everyForm = test("every-form", (t) => {
  t.doc("Everything that the builder can write");
  const d0 = t.device("D0", { bridge: 0, slot: 1 });
  const d1 = t.device("D1", { card: d0, function: 1 });
  t.device("D2");
  const data = t.dma("data", dmaMapSingle());
  const cq = t.dma("cq", dmaFlagsSetDmaflush(dmaSetMask(dmaMapSingle(), 32)), { initial: -1 });
  const weak = t.dma("weak", dmaMapSingleAttrs(DMA_ATTR_WEAK_ORDERING));
  const region = t.dma("region", prefetched(ibvAccessRelaxedOrdering(dmaMapSingle())));
  const ring = t.dma("ring", dmaAllocCoherent(), { length: 4, initial: [1, 2, 3, -4], for: d0 });
  const x = t.memory("x");
  const p = t.memory("p", { initial: addressOf(x) });
  const counter = t.atomic("counter", 3);
  const lock = t.spinlock("lock");
  const mutex = t.mutex("mutex");
  t.line(data, cq);
  const door = d0.register("door");
  const frame = d0.register("frame", "wc", "combining");
  const port = d0.port("data_port");
  const command = d0.config("command");
  const id = t.chipsetRegister("id");

  d0.program((d) => {
    d.wait(and(eq(door, 1), not(eq(frame, 2))));
    d.dmaWrite(data, 1, "RO", "TC(1)");
    d.dmaWrite(at(ring, 2), -5, "UIO");
    const old = d.dmaRead(at(ring, 1), "IDO");
    d.if(
      and(eq(old, 2), ne(old, 3)),
      () => d.dmaWrite(cq, calculate(old, "+", 1)),
      () => d.msi(2),
    );
    d.dmaWritev(
      [
        [data, 1],
        [cq, 2],
      ],
      "RO",
    );
    const [first, second] = d.dmaReadv([data, at(ring, 0)]);
    d.dmaReadZero(data);
    d.dmaFetchAdd(x, 1);
    d.dmaSwap(x, 2);
    d.dmaCas(x, 2, 3);
    if (first !== undefined && second !== undefined) d.set(door, calculate(first, "|", second));
    d.get(door);
    d.tell(d1);
    d.msi();
    d.intx();
    d.atsInvalidateDone();
    d.atomic(() => {
      d.set(door, 3);
      d.dmaWrite(weak, 2);
    });
    const polled = d.register();
    d.doWhile(() => d.dmaReadInto(polled, region), eq(polled, 0));
  });
  d1.program((d) => {
    d.hear(d0);
    d.dmaWrite(door, 1);
  });
  const engine = d0.engine("D3", onWrite(door), (d) => d.dmaRead(x));
  d0.engine("D4", onRead(command), (d) => d.answer(command, 7, "RO"));

  const read = t.cpu("P0", { cpu: 1, node: 0 }, (c) => {
    const seen = c.register();
    c.doWhile(() => c.readOnce(cq, seen), eq(seen, 0));
    c.rmb();
    c.dmaWmb();
    c.mmiowb();
    c.writel(1, door);
    c.rawWritel(2, frame);
    c.readlRelaxed(door, seen);
    c.inl(port);
    c.outb(1, port);
    c.pciReadConfigDword(command);
    c.pciWriteConfigDword(command, 1);
    c.ioread32(port);
    c.iowrite8(1, door);
    c.readl(id);
    c.spinLock(lock);
    c.write(x, 1);
    c.read(x);
    c.spinUnlock(lock);
    c.mutexLock(mutex);
    c.mutexUnlock(mutex);
    c.call("atomic_inc", counter);
    const many = c.value("atomic_fetch_add", 2, counter);
    const pointer = c.readOnce(p);
    const pointed = c.readOnce(deref(pointer));
    c.writeOnce(deref(pointer), -1);
    c.smpStoreRelease(x, addressOf(data));
    c.smpLoadAcquire(at(ring, pointed));
    c.xchg(x, 1);
    c.cmpxchg(x, 1, 2);
    c.while(or(gt(many, 3), lt(many, 2)), () => c.break());
    c.udelay(10);
    c.migrate(2);
    c.localIrqDisable();
    c.localIrqEnable();
    c.atsWait(d0);
    c.dmaSyncSingleForCpu(data);
    c.dmaUnmapSingle(cq);
    c.assign(seen, calculate(seen, "-", calculate(1, "+", many)));
    return pointer;
  });
  const handler = t.cpu("P1", { on: onMsi(d0, 2), cpu: 1 }, (c) => c.register(1));
  t.cpu("P2", { on: onIntx(d1) }, () => {});
  const user = t.user("P3", { cpu: 4 }, (u) => {
    u.udmaFromDeviceBarrier();
    return u.readOnce(x);
  });

  t.exists(
    and(
      or(eq(read, addressOf(x)), not(eq(handler, 1))),
      ge(user, -1),
      le(at(ring, 1), 0),
      eq(x, 1),
      order(arrival(door, 2), arrival(door, 1)),
      eq(engine, 0),
    ),
  );
  t.filter(ne(handler, 5));
  t.locations(x, at(ring, 3), handler, door);
  t.expect({ sn2: "allowed", pcie: "forbidden", all: "forbidden" });
  t.source("A. Kepner, linux-kernel, 17 Aug 2007");
  t.source('J. Barnes ("PIO to device, this is DMA to memory")');
});
