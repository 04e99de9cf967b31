/** What went wrong, in words that say what to do next. */
import { text, say } from "../i18n/text";

const words = text(
  {
    unreachable: "The server does not answer",
    unreachableNext: "Check that it runs and that this computer can reach it, then try again.",
    denied: "Not allowed",
    deniedNext: "Ask whoever administers this server for a policy that allows it.",
    signature: "The keys were refused",
    signatureNext: "Check the secret access key, and that this computer's clock is right.",
    unknownKey: "This access key is not known here, or is switched off",
    unknownKeyNext: "Check the access key id, or have another key made.",
    expired: "These credentials have ended",
    expiredNext: "Switch back from the role, or sign in again.",
    gone: "There is no such parameter",
    goneNext: "It may have been deleted or renamed. Go back to the list and refresh it.",
    exists: "There is a parameter of this name already",
    existsNext: "Choose another name, or open the parameter and edit it.",
    throttled: "Too many requests",
    throttledNext: "Wait a moment and try again.",
    missing: "This server does not offer this",
    missingNext: "A newer Parastore may.",
    internal: "The server failed",
    internalNext: (id: string) => `Its log says why, under request id ${id}.`,
    other: "Refused",
  },
  {
    unreachable: "서버가 응답하지 않습니다",
    unreachableNext: "서버가 실행 중이고 이 컴퓨터에서 접근할 수 있는지 확인한 뒤 다시 시도하세요.",
    denied: "권한이 없습니다",
    deniedNext: "이 작업을 허용하는 정책을 서버 관리자에게 요청하세요.",
    signature: "키가 거부되었습니다",
    signatureNext: "비밀 액세스 키와 이 컴퓨터의 시계를 확인하세요.",
    unknownKey: "알 수 없거나 비활성화된 액세스 키입니다",
    unknownKeyNext: "액세스 키 ID를 확인하거나 새 키를 발급받으세요.",
    expired: "자격 증명이 만료되었습니다",
    expiredNext: "역할에서 원래대로 전환하거나 다시 로그인하세요.",
    gone: "해당 파라미터가 없습니다",
    goneNext: "삭제되었거나 이름이 다를 수 있습니다. 목록으로 돌아가 새로 고치세요.",
    exists: "같은 이름의 파라미터가 이미 있습니다",
    existsNext: "다른 이름을 쓰거나, 그 파라미터를 열어 편집하세요.",
    throttled: "요청이 너무 많습니다",
    throttledNext: "잠시 후 다시 시도하세요.",
    missing: "이 서버는 이 기능을 제공하지 않습니다",
    missingNext: "더 새로운 Parastore에는 있을 수 있습니다.",
    internal: "서버 오류입니다",
    internalNext: (id: string) => `서버 로그에서 요청 ID ${id}를 찾아보세요.`,
    other: "거부되었습니다",
  },
);

export interface Problem {
  title: string;
  detail: string;
  next: string;
}

interface ServiceFault {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

export function problem(error: unknown): Problem {
  const t = say(words);
  const { name = "", message = "", $metadata } = (error ?? {}) as ServiceFault;
  const detail = message && message !== "UnknownError" ? message : "";
  const known: Record<string, [string, string]> = {
    AccessDeniedException: [t.denied, t.deniedNext],
    AccessDenied: [t.denied, t.deniedNext],
    InvalidSignatureException: [t.signature, t.signatureNext],
    InvalidClientTokenId: [t.unknownKey, t.unknownKeyNext],
    UnrecognizedClientException: [t.unknownKey, t.unknownKeyNext],
    ExpiredTokenException: [t.expired, t.expiredNext],
    ExpiredToken: [t.expired, t.expiredNext],
    ParameterNotFound: [t.gone, t.goneNext],
    ParameterAlreadyExists: [t.exists, t.existsNext],
    ThrottlingException: [t.throttled, t.throttledNext],
    UnknownOperationException: [t.missing, t.missingNext],
  };
  const [title, next] = known[name] ?? [];
  if (title !== undefined && next !== undefined) return { title, detail, next };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) {
    return { title: t.unreachable, detail: name === "TypeError" ? "" : detail, next: t.unreachableNext };
  }
  if (status >= 500) return { title: t.internal, detail, next: t.internalNext($metadata?.requestId ?? "–") };
  return { title: `${t.other}: ${name}`, detail, next: "" };
}

/** Whether an answer shows that the keys are good although the call itself is not allowed. */
export function isDenied(error: unknown): boolean {
  return ["AccessDeniedException", "AccessDenied"].includes((error as ServiceFault).name ?? "");
}
