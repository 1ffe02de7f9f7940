// A real Wechaty gateway (PuppetServer) over the mock puppet, with a control API on loopback by which a test makes people
// of a group speak. Environment: GW_PORT (gRPC), CTL_PORT (HTTP), GW_TOKEN, GW_TLS=1 to keep TLS on, GW_IDLE=1 not to log in.
import http from 'node:http'
import { PuppetServer } from 'wechaty-puppet-service'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
import { FileBox } from 'file-box'
import { log } from 'wechaty-puppet'

log.level('silent')

const port = Number(process.env.GW_PORT)
const ctl = Number(process.env.CTL_PORT)
const BOT = { id: 'bot', name: '网格管家' }
const ROOM = { id: 'r1@chatroom', topic: '学苑业主群' }
const PEOPLE = [{ id: 'wang', name: '王阿姨' }, { id: 'zhang', name: '张叔' }, { id: 'zhou', name: '周敏' }]

const mocker = new mock.Mocker()
const puppet = new PuppetMock({ mocker })
const people = new Map()
const rooms = new Map()
const outbox = [] // everything that the bot's account said
const aliases = new Map() // of people in the group
const calm = { fail: '', failFile: '', failOnce: '', breakOnce: false, withoutId: false, hang: 0 }
const mood = { ...calm }
const marks = new Map() // messages that nobody hears, and what to do when the adapter asks for one

// What the mock does otherwise than a puppet: messageImage() answers a made-up QR code, messageSendText() drops the mentions
// and gives no id.
puppet.messageImage = id => puppet.messageFile(id)
puppet.messageSendText = async (conversationId, text, mentionIdList) => {
  if (mood.fail) throw new Error(mood.fail)
  const { failOnce, breakOnce } = mood
  Object.assign(mood, { failOnce: '', breakOnce: false })
  if (failOnce) throw new Error(failOnce)
  const conversation = rooms.get(conversationId) ?? people.get(conversationId)
  if (!conversation) throw new Error(`no conversation ${conversationId}`)
  let id
  puppet.once('message', ({ messageId }) => { id = messageId })
  people.get(BOT.id).say(text, (mentionIdList ?? []).map(i => people.get(i)).filter(Boolean)).to(conversation)
  if (breakOnce) { // it was said, and nobody will be told
    await server.stop()
    await server.start()
  }
  if (mood.hang) await new Promise(resolve => setTimeout(resolve, mood.hang))
  return mood.withoutId ? undefined : id
}

const sendFile = puppet.messageSendFile.bind(puppet)
puppet.messageSendFile = async (conversationId, file) => {
  if (mood.failFile) throw new Error(mood.failFile)
  return sendFile(conversationId, file)
}
const member = puppet.roomMemberPayload.bind(puppet)
puppet.roomMemberPayload = async (roomId, id) => ({ ...await member(roomId, id), roomAlias: aliases.get(id) })

const told = puppet.messagePayload.bind(puppet)
puppet.messagePayload = async id => {
  const asked = marks.get(id)
  if (!asked) return told(id)
  asked()
  return { id, talkerId: 'weixin', type: 7, text: '', timestamp: Date.now() } // WeChat's own account: nobody hears it
}

const made = [BOT, ...PEOPLE].map(one => {
  const contact = mocker.createContact(one)
  people.set(one.id, contact)
  return contact
})
rooms.set(ROOM.id, mocker.createRoom({ ...ROOM, ownerId: 'wang', adminIdList: [], memberIdList: made.map(c => c.id) }))

puppet.on('message', ({ messageId }) => {
  const payload = mocker.cacheMessagePayload.get(messageId)
  if (payload?.talkerId === BOT.id) outbox.push({ ...payload, hasFile: mocker.cacheFileBoxPayload.has(messageId) })
})

const token = process.env.GW_TOKEN
const server = new PuppetServer({ endpoint: `127.0.0.1:${port}`, puppet, token, tls: { disable: process.env.GW_TLS !== '1' } })
await server.start()
await puppet.start()
const login = () => { if (!puppet.isLoggedIn) mocker.login(people.get(BOT.id)) }
if (process.env.GW_IDLE !== '1') login()

const place = b => b.room ? rooms.get(b.room) : people.get(BOT.id)
const spoken = act => { // the id of the message that this makes
  let id
  puppet.once('message', ({ messageId }) => { id = messageId })
  act()
  return { id }
}
const acts = {
  say: b => spoken(() => people.get(b.from).say(b.text, (b.mentions ?? []).map(i => people.get(i))).to(place(b))),
  file: b => spoken(() => people.get(b.from).say(FileBox.fromBase64(b.base64, b.name)).to(place(b))),
  link: b => spoken(() => people.get(b.from).say(FileBox.fromUrl(b.url, { name: b.name })).to(place(b))),
  raw: b => { mocker.MessageMock.create(b); puppet.emit('message', { messageId: b.id }); return { id: b.id } },
  event: b => { puppet.emit(b.name, b.payload) },
  contact: b => { people.set(b.id, mocker.createContact(b)) },
  join: b => { rooms.get(b.room).add(...b.who.map(i => people.get(i))).by(people.get(b.by)) },
  leave: b => { rooms.get(b.room).remove(...b.who.map(i => people.get(i))).by(people.get(b.by)) },
  alias: b => { aliases.set(b.id, b.text) },
  topic: b => { rooms.get(b.room).topic(b.text).by(people.get(b.by)) },
  // The adapter takes one event after the other: what was told before has been taken when it asks for this one. It is told
  // until then, as the connection may be broken.
  taken: () => new Promise(resolve => {
    const messageId = `mark ${marks.size}`
    const telling = setInterval(() => puppet.emit('message', { messageId }), 100)
    marks.set(messageId, () => { clearInterval(telling); resolve() })
    puppet.emit('message', { messageId })
  }),
  start: async () => { await puppet.start(); login() },
  mood: b => { Object.assign(mood, b) },
  scan: () => { mocker.scan('https://example.invalid/qr') },
  logout: async () => { await puppet.logout() },
  login,
  reset: () => { outbox.length = 0; aliases.clear(); Object.assign(mood, calm); login() },
  outbox: () => outbox,
  state: () => ({ listening: puppet.listenerCount('message') > 1 }), // beside our own listener the stream's
}
http.createServer(async (request, response) => {
  let body = ''
  for await (const piece of request) body += piece
  response.setHeader('content-type', 'application/json; charset=utf-8')
  try {
    response.end(JSON.stringify(await acts[request.url.slice(1)](body ? JSON.parse(body) : {}) ?? {}))
  } catch (error) {
    response.statusCode = 500
    response.end(JSON.stringify({ error: String(error?.stack ?? error) }))
  }
}).listen(ctl, '127.0.0.1', () => console.log('ready'))
