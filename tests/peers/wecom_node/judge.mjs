// The official Node SDK as judge: what it hears is printed, a JSON line each; what it is told on standard input it sends.
import { createInterface } from 'node:readline'
import sdk from '@wecom/aibot-node-sdk'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const { JUDGE_BOT: botId, JUDGE_SECRET: secret, JUDGE_URL: wsUrl } = process.env
const client = new sdk.WSClient({ botId, secret, wsUrl, logger: quiet, reconnectInterval: 50 })
const say = (event, body) => process.stdout.write(`${JSON.stringify({ event, body })}\n`)

client.on('authenticated', () => say('authenticated', null))
client.on('event.template_card_event', (frame) => say('tapped', frame.body))
client.on('message.text', async (frame) => {
  const ack = await client.replyStream(frame, 's1', '好的', true)
  say('heard', { text: frame.body.text.content, errcode: ack.errcode })
})
const show = async (chat, photo) => {
  const kept = await client.uploadMedia(Buffer.from(photo, 'base64'), { type: 'image', filename: 'photo.jpg' })
  return client.sendMediaMessage(chat, 'image', kept.media_id)
}
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { chat, body, photo } = JSON.parse(line)
  const ack = photo ? await show(chat, photo) : await client.sendMessage(chat, body)
  say('sent', { errcode: ack.errcode })
})
client.connect()
