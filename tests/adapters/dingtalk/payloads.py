"""Messages to a robot, with every field that DingTalk's documentation and public reports of its stream show. Ids are made up."""

from typing import Any

ROBOT = "$:LWCP_v1:$robot"
TEXT: dict[str, Any] = {
    "conversationId": "cidQ1w2E3r4==",
    "atUsers": [{"dingtalkId": ROBOT}, {"dingtalkId": "$:LWCP_v1:$zhou", "staffId": "manager4220"}],
    "chatbotCorpId": "dinge8a565aa",
    "chatbotUserId": ROBOT,
    "msgId": "msgQ5z6+Y7x8==",
    "senderNick": "张阿姨",
    "isAdmin": False,
    "senderStaffId": "user123",
    "sessionWebhookExpiredTime": 1779330252678,
    "createAt": 1779324852678,
    "senderCorpId": "dinge8a565aa",
    "conversationType": "2",
    "senderId": "$:LWCP_v1:$Ff09GI==",
    "conversationTitle": "学苑业主群",
    "isInAtList": True,
    "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=abc",
    "robotCode": "dingqwerty",
    "senderPlatform": "Mac",
    "text": {"content": " 我家停水了"},
    "msgtype": "text",
}
PRIVATE = {key: value for key, value in TEXT.items() if key not in ("atUsers", "conversationTitle", "isInAtList")} | {
    "conversationType": "1",
    "conversationId": "cidPrivate==",
}
OUTSIDER = {key: value for key, value in TEXT.items() if key not in ("senderStaffId", "senderCorpId")}
PICTURE = {key: value for key, value in TEXT.items() if key != "text"} | {
    "msgtype": "picture",
    "content": {"downloadCode": "mIofN681YE3f", "pictureDownloadCode": "xx"},
}
RICH = PICTURE | {
    "msgtype": "richText",
    "content": {
        "richText": [
            {"text": "3号楼门口"},
            {"type": "picture", "downloadCode": "code1", "pictureDownloadCode": "p1"},
            {"text": "\n水漫出来了"},
            {"type": "picture", "downloadCode": "code2"},
        ]
    },
}
AUDIO = PICTURE | {
    "msgtype": "audio",
    "conversationType": "1",
    "content": {"duration": 4000, "downloadCode": "a1", "recognition": "楼道灯坏了"},
}
VIDEO = PICTURE | {
    "msgtype": "video",
    "conversationType": "1",
    "content": {"duration": "5", "downloadCode": "v1", "videoType": "mp4"},
}
FILE = PICTURE | {
    "msgtype": "file",
    "conversationType": "1",
    "content": {"spaceId": "1", "fileName": "通知.docx", "downloadCode": "f1", "fileId": "9"},
}
QUOTE_OF_PERSON = TEXT | {
    "originalMsgId": "msgOld==",
    "text": {
        "content": " 我家也是",
        "isReplyMsg": True,
        "repliedMsg": {
            "createdAt": 1779324800000,
            "msgId": "msgOld==",
            "msgType": "text",
            "senderId": "$:LWCP_v1:$other",
            "content": {"text": "7号件是什么"},
        },
    },
}
QUOTE_OF_BOT = TEXT | {
    "originalMsgId": "msgBot==",
    "text": {
        "content": " 收到",
        "isReplyMsg": True,
        "repliedMsg": {
            "msgId": "msgBot==",
            "msgType": "text",
            "senderId": ROBOT,
            "content": {"text": "12号件已登记（下水道堵塞，3号楼）。"},
        },
    },
}
QUOTE_OF_SENT = QUOTE_OF_BOT | {"originalProcessQueryKey": "RnvaN/abc=="}
ALL = [TEXT, PRIVATE, OUTSIDER, PICTURE, RICH, AUDIO, VIDEO, FILE, QUOTE_OF_PERSON, QUOTE_OF_BOT, QUOTE_OF_SENT]
