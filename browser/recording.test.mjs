// What was recorded at an examination is heard and seen where the record stands, from any moment on, without the whole file.
import assert from "node:assert/strict";
import { sees } from "./chromium.mjs";
import { text, troupe } from "./people.mjs";
import { Road } from "./road.mjs";
import { TODAY } from "./server.mjs";

const SECONDS = 120, RATE = 8000;

/** Two minutes of a tone as a wave file, a megabyte: longer than what a browser fetches at once. */
function sound() {
  const samples = SECONDS * RATE;
  const file = Buffer.alloc(44 + samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at += 1) file[44 + at] = 128 + Math.round(60 * Math.sin((at * 440 * 2 * Math.PI) / RATE));
  return file;
}

/** A second of a moving square, filmed by the browser itself. */
const film = (page) => page.evaluate(async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let at = 0; at < 30; at += 1) {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 160, 120);
    pen.fillStyle = "#c00";
    pen.fillRect(at * 4, 40, 40, 40);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  recorder.stop();
  await ended;
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
});

const people = troupe({ cases: 0 });
const { day, journey, arrives, does, looksAt } = people;
const road = new Road(people);
const step = journey();

step("a case comes to its examination", async () => {
  await road.goes("begins");
});

step("the appraiser writes a record and puts the sound and the film of the talk beside it", async () => {
  const page = await arrives(road.lead.login);
  await page.goto(`${day.path}/records/new`);
  await page.locator("#kind").selectOption({ index: 1 });
  await text(page, "开始时间").fill(`${TODAY}T00:01`);
  await text(page, "结束时间").fill(`${TODAY}T00:02`);
  await text(page, "鉴定地点").fill("本机构检查室");
  await page.locator("input[name=capability]").first().check();
  await page.getByLabel("姓名 1").fill(road.lead.name ?? "鉴定人");
  await page.getByLabel("在场身份 1").selectOption("appraiser");
  await page.getByLabel("已在记录上签名 1").selectOption("yes");
  await page.locator("input[name=tier]").first().check();
  await text(page, "采用的标准或者方法").fill("SF/T 0111-2021");
  await text(page, "记录内容").fill("询问受伤经过，全程录音录像。");
  await people.sends(page, "保存记录");
  await sees(page, "询问受伤经过");
  const blank = await page.context().newPage();
  const filmed = Buffer.from(await film(blank));
  await blank.close();
  const files = [
    { name: "询问录音.wav", mimeType: "audio/wav", buffer: sound() },
    { name: "询问录像.webm", mimeType: "video/webm", buffer: filmed },
  ];
  await text(page, "选择要上传的文件").setInputFiles(files);
  await does(page, "上传", "文件已上传。");
  await looksAt(page, "record with recordings");
  day.record = page.url();
});

step("the reviewer hears the last minute at once, by a part of the file", async () => {
  const page = await arrives(road.reviewer.login);
  await page.goto(day.record);
  const answers = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "media") answers.push([response.status(), response.headers()["content-range"]]);
  });
  const audio = page.locator("audio");
  assert.equal(await audio.count(), 1);
  assert.equal(answers.length, 0, "nothing is fetched before somebody plays");
  const heard = await audio.evaluate(async (player) => {
    player.muted = true;
    await player.play();
    await new Promise((resolve) => { player.onseeked = resolve; player.currentTime = 100; });
    await new Promise((resolve) => { player.ontimeupdate = () => { if (player.currentTime > 100.2) resolve(); }; });
    player.pause();
    return { duration: player.duration, at: player.currentTime, error: player.error?.message };
  });
  assert.ok(Math.abs(heard.duration - SECONDS) < 0.5 && heard.at > 100 && !heard.error, JSON.stringify(heard));
  assert.ok(answers.length > 0 && answers.every(([status, range]) => status === 206 && /^bytes \d+-\d+\/960044$/.test(range)), JSON.stringify(answers));
});

step("and sees the film", async () => {
  const page = await arrives(road.reviewer.login);
  const seen = await page.locator("video").evaluate(async (player) => {
    player.muted = true;
    await player.play();
    await new Promise((resolve) => { player.ontimeupdate = () => { if (player.currentTime > 0.2) resolve(); }; });
    player.pause();
    return { width: player.videoWidth, height: player.videoHeight, error: player.error?.message };
  });
  assert.deepEqual(seen, { width: 160, height: 120, error: undefined });
  await looksAt(page, "recordings played");
});
