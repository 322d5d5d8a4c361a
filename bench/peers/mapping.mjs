// The mapping as one writes it by hand for Node.js. Asked as bench/run asks every side: `answer SIDE`, `window SIDE SECONDS`.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const BATCH_BYTES = 400_000;

function map(o) {
  const { customer: c, address: a } = o;
  const amounts = [];
  let itemsTotal = 0;
  for (const item of o.items) {
    if (item.qty > 0) {
      const amount = item.price * item.qty;
      amounts.push(amount);
      itemsTotal += amount;
    }
  }
  const created = new Date(o.created);
  if (Number.isNaN(created.getTime())) throw new Error("not a time");
  const two = (number) => String(number).padStart(2, "0");
  return {
    orderId: o.id,
    total: o.total,
    currency: o.currency.toUpperCase(),
    country: o.country,
    date: `${two(created.getUTCDate())}.${two(created.getUTCMonth() + 1)}.${created.getUTCFullYear()}`,
    priority: o.priority,
    paid: o.paid,
    customerId: c.id,
    customerName: c.name.toUpperCase(),
    email: c.email,
    phone: c.phone,
    vip: c.vip,
    street: a.street,
    city: a.city,
    zip: a.zip,
    shipTo: `${a.street}, ${a.zip} ${a.city}`,
    itemCount: amounts.length,
    amounts,
    itemsTotal,
    channel: o.channel.toUpperCase(),
  };
}

// From bytes to bytes, as a message comes and goes.
const carry = (body) => Buffer.from(JSON.stringify(map(JSON.parse(body.toString("utf8")))), "utf8");

let last;

function carryFor(body, seconds) {
  const batch = Math.max(1, Math.floor(BATCH_BYTES / body.length));
  const end = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  let units = 0;
  do {
    for (let i = 0; i < batch; i++) last = carry(body);
    units += batch;
  } while (process.hrtime.bigint() < end);
  return units;
}

function asked(worker, seconds) {
  return new Promise((done, failed) => {
    worker.once("message", done);
    worker.once("error", failed);
    worker.postMessage(seconds);
  });
}

async function serve(body, threads) {
  const workers = [];
  for (let i = 1; i < threads; i++) workers.push(new Worker(new URL(import.meta.url), { workerData: body }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, , seconds] = line.split(" ");
    if (what === "answer") {
      console.log(carry(body).toString("utf8"));
      continue;
    }
    const cpu = process.cpuUsage(); // of all threads
    const begun = process.hrtime.bigint();
    const others = workers.map((worker) => asked(worker, Number(seconds)));
    let units = carryFor(body, Number(seconds));
    for (const count of await Promise.all(others)) units += count;
    const wall = Number(process.hrtime.bigint() - begun) / 1e9;
    const spent = process.cpuUsage(cpu);
    console.log(JSON.stringify({ units, cpu_us: spent.user + spent.system, wall_s: wall }));
  }
  for (const worker of workers) await worker.terminate();
}

if (isMainThread) {
  await serve(readFileSync(process.argv[2]), Number(process.argv[3]));
} else {
  const body = Buffer.from(workerData);
  parentPort.on("message", (seconds) => parentPort.postMessage(carryFor(body, seconds)));
}
