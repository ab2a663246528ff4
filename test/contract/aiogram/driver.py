"""aiogram as a witness. Reads one JSON command per line, answers each with one JSON line.

{"do": "update", "body": {...}}                        an update, as a webhook gets it
{"do": "response", "method": "getMe", "body": {...}}   what the Bot API answered to that method
{"do": "request", "method": "getMe", "arguments": {}}  what our bot sent
    -> {"problems": ["..."]}: what aiogram's models do not know, miss, or would read as something else
{"do": "drive", "base": "http://...", "token": "...", "chats": {...}}
    -> {"steps": [["what it did", "what came of it"], ...]}: a bot written with aiogram, on that server
"""

import asyncio
import json
import sys

from aiogram import Bot, exceptions, methods, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from pydantic import BaseModel, TypeAdapter, ValidationError

KNOWN = [getattr(methods, name) for name in methods.__all__]
METHODS = {known.__api_method__.lower(): known for known in KNOWN if isinstance(getattr(known, "__api_method__", None), str)}


def unknown_fields(value, path):
    """Fields that the models let through without knowing them."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}.{name}: aiogram knows no such field"
        for name in type(value).model_fields:
            if name in value.model_fields_set:
                yield from unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from unknown_fields(item, f"{path}[{index}]")


def differences(sent, understood, path):
    """Where what aiogram understood is not what was sent: a value of another type it was kind enough to convert, or lost."""
    if isinstance(sent, dict) and isinstance(understood, dict):
        for name in sent.keys() | understood.keys():
            yield from differences(sent.get(name), understood.get(name), f"{path}.{name}")
    elif isinstance(sent, list) and isinstance(understood, list) and len(sent) == len(understood):
        for index, pair in enumerate(zip(sent, understood)):
            yield from differences(*pair, f"{path}[{index}]")
    elif type(sent) is not type(understood) or sent != understood:
        yield f"{path}: sent {sent!r}, understood {understood!r}"


def check(kind, value, path):
    adapter = TypeAdapter(kind)
    try:
        model = adapter.validate_python(value)
    except ValidationError as error:
        return [f"{path}.{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
    understood = adapter.dump_python(model, mode="json", by_alias=True, exclude_unset=True)
    return [*unknown_fields(model, path), *differences(value, understood, path)]


def check_response(method, body):
    if method.lower() not in METHODS:
        return [f"{method}: aiogram knows no such method"]
    if body.get("ok") is not True:
        extra = body.keys() - {"ok", "error_code", "description", "parameters"}
        shape = [] if isinstance(body.get("error_code"), int) and isinstance(body.get("description"), str) else ["an error needs error_code and description"]
        return [*shape, *(f"{name}: not in an error" for name in extra), *check(types.ResponseParameters, body.get("parameters", {}), "parameters")]
    extra = body.keys() - {"ok", "result", "description"}
    return [*(f"{name}: not in an answer" for name in extra), *check(METHODS[method.lower()].__returning__, body["result"], "result")]


def check_request(method, arguments):
    if method.lower() not in METHODS:
        return [f"{method}: aiogram knows no such method"]
    return check(METHODS[method.lower()], arguments, method)


async def drive(base, token, chats):
    """`chats`: customer (wrote a photo), blocked, group, upgraded, flooded; all prepared by the test."""
    steps = []

    async def step(what, awaitable, describe=lambda result: result):
        try:
            steps.append([what, describe(await awaitable)])
        except exceptions.TelegramMigrateToChat as error:
            steps.append([what, f"TelegramMigrateToChat {error.migrate_to_chat_id}"])
        except exceptions.TelegramRetryAfter as error:
            steps.append([what, f"TelegramRetryAfter {error.retry_after}"])
        except exceptions.TelegramAPIError as error:
            steps.append([what, type(error).__name__])

    server = TelegramAPIServer.from_base(base)
    async with Bot(token, session=AiohttpSession(api=server)) as bot:
        customer = chats["customer"]
        await step("getMe", bot.get_me(), lambda me: me.username)
        await step("getChat", bot.get_chat(chats["group"]), lambda chat: chat.title)
        bold = types.MessageEntity(type="bold", offset=0, length=4)
        keyboard = types.InlineKeyboardMarkup(inline_keyboard=[[types.InlineKeyboardButton(text="Да", callback_data="yes")]])
        sent = await bot.send_message(
            customer, "14 000 ₽", entities=[bold], parse_mode=None, reply_markup=keyboard, reply_parameters=types.ReplyParameters(message_id=1)
        )
        steps.append(["sendMessage", [sent.text, sent.entities[0].type, sent.reply_to_message.message_id, sent.reply_markup.inline_keyboard[0][0].text]])
        await step("editMessageText", bot.edit_message_text("15 000 ₽", chat_id=customer, message_id=sent.message_id, parse_mode=None), lambda m: m.text)
        await step("sendChatAction", bot.send_chat_action(customer, "typing"))
        updates = await bot.get_updates(timeout=1)
        photo = next(update.message.photo[-1] for update in updates if update.message and update.message.photo)
        await step("sendPhoto", bot.send_photo(chats["group"], photo.file_id, caption="вмятина", parse_mode=None), lambda m: [m.caption, len(m.photo)])
        file = await bot.get_file(photo.file_id)
        steps.append(["getFile", file.file_id == photo.file_id])
        steps.append(["download", (await bot.download_file(file.file_path)).read(4).hex()])
        await step("getWebhookInfo", bot.get_webhook_info(), lambda info: info.url)
        await step("setWebhook", bot.set_webhook("http://127.0.0.1:9/hook", secret_token="secret", allowed_updates=["message"]))
        await step("getUpdates under a webhook", bot.get_updates())
        await step("deleteWebhook", bot.delete_webhook(drop_pending_updates=True))
        await step("answerCallbackQuery", bot.answer_callback_query("1"))
        await step("to nobody", bot.send_message(5, "x"))
        await step("too long", bot.send_message(customer, "x" * 4097))
        await step("blocked", bot.send_message(chats["blocked"], "x"))
        await step("upgraded", bot.send_message(chats["upgraded"], "x"))
        await step("flooded", bot.send_message(chats["flooded"], "x"))
    async with Bot(token[:-1] + ("A" if token[-1] != "A" else "B"), session=AiohttpSession(api=server)) as stranger:
        await step("wrong token", stranger.get_me())
    return steps


def answer(command):
    match command["do"]:
        case "update":
            return {"problems": check(types.Update, command["body"], "update")}
        case "response":
            return {"problems": check_response(command["method"], command["body"])}
        case "request":
            return {"problems": check_request(command["method"], command["arguments"])}
        case "drive":
            return {"steps": asyncio.run(drive(command["base"], command["token"], command["chats"]))}
        case other:
            raise ValueError(f"unknown command {other}")


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), ensure_ascii=False), flush=True)
