#!/usr/bin/env python3
"""A user's trial of one or two nodes with nothing but Python's own imaplib, smtplib and http.client.

usage: trial.py --http PORT --lmtp PORT[,PORT] --imap PORT[,PORT] [--messages FOLDER] [--rounds N] [--seed N]

Creates users by HTTP, delivers messages by LMTP through all nodes, reads them back by IMAP through all nodes and compares every
byte, then lets two clients flag, copy, move and expunge at once while a third idles, and compares what each of them was told with
what the store says. Prints one line for each step; exits 1 at the first thing missing, doubled, renumbered or changed.
"""
import argparse, email.utils, glob, http.client, imaplib, json, os, random, re, smtplib, socket, sys, threading, time

imaplib._MAXLINE = 100_000_000


class Lmtp(smtplib.LMTP):
    """smtplib rewrites line ends and dots as SMTP asks; this sends the octets as they are, dot-stuffed only."""

    def send_raw(self, sender, recipients, data):
        code, text = self.docmd('MAIL', f'FROM:<{sender}> BODY=8BITMIME SIZE={len(data)}')
        if code != 250: raise AssertionError(f'MAIL: {code} {text}')
        accepted = []
        for recipient in recipients:
            code, text = self.docmd('RCPT', f'TO:<{recipient}>')
            if code in (250, 251): accepted.append(recipient)
        code, text = self.docmd('DATA')
        if code != 354: raise AssertionError(f'DATA: {code} {text}')
        body = data if data.endswith(b'\r\n') else data + b'\r\n'
        body = re.sub(rb'(^|\r\n)\.', rb'\1..', body)
        self.sock.sendall(body + b'.\r\n')
        return [(recipient, *self.getreply()) for recipient in accepted]


def post(port, path, body):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    c.request('POST', path, json.dumps(body), {'Content-Type': 'application/json'})
    r = c.getresponse()
    answer = json.loads(r.read())
    c.close()
    return r.status, answer


def login(port, user, password='secretpass'):
    c = imaplib.IMAP4('127.0.0.1', port)
    c.login(user, password)
    return c


def check(what, ok, detail=''):
    if not ok:
        print(f'FAILED {what} {detail}')
        os._exit(1)


def fetch_all(c, items='(UID FLAGS)'):
    typ, data = c.uid('FETCH', '1:*', items)
    check('FETCH', typ == 'OK', data)
    rows = {}
    for row in data:
        if row is None or row == b')': continue  # what imaplib makes of a literal's end
        text = row[0] if isinstance(row, tuple) else row
        uid = int(re.search(rb'UID (\d+)', text).group(1))
        flags = re.search(rb'FLAGS \(([^)]*)\)', text)
        # another client's change may be told behind the answer itself: what comes later counts
        before = rows.get(uid, (None, None))
        rows[uid] = (frozenset(flags.group(1).split()) if flags else before[0], row[1] if isinstance(row, tuple) else before[1])
    return rows


def corpus(folder, count, rng):
    messages = []
    for path in sorted(glob.glob(os.path.join(folder, '*'))) if folder else []:
        with open(path, 'rb') as f: data = f.read()
        if data and len(data) < 8_000_000: messages.append(data)
    while len(messages) < count:
        n = len(messages)
        text = '\r\n'.join(''.join(rng.choice('abcdefghij .') for _ in range(rng.randrange(70))) for _ in range(rng.randrange(1, 400)))
        messages.append((f'From: A{n} <a{n}@example.org>\r\nTo: b@example.org\r\nSubject: message {n}\r\n'
                         f'Message-ID: <{n}.{rng.random()}@example.org>\r\nDate: {email.utils.formatdate()}\r\n'
                         f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b{n}"\r\n\r\npreamble\r\n--b{n}\r\n\r\n{text}\r\n'
                         f'--b{n}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n'
                         f'{"QUJD" * 19}\r\n--b{n}--\r\n').encode())
    return messages


def deliver(ports, address, messages):
    connections = [Lmtp('127.0.0.1', p) for p in ports]
    for c in connections: c.ehlo_or_helo_if_needed()
    began = time.time()
    for n, data in enumerate(messages):
        for recipient, code, text in connections[n % len(connections)].send_raw('sender@example.org', [address], data):
            check('delivery', code == 250, (n, code, text))
    for c in connections: c.quit()
    return time.time() - began


def same_bytes(ports, user, messages):
    """Every message in order, each after our own trace header byte for byte, the same through every node."""
    for port in ports:
        c = login(port, user)
        typ, data = c.select('INBOX', readonly=True)
        check('EXISTS', int(data[0]) == len(messages), (port, data, len(messages)))
        rows = fetch_all(c, '(UID BODY.PEEK[])')
        check('uids dense and ascending', sorted(rows) == list(range(1, len(messages) + 1)))
        for uid, raw in zip(sorted(rows), messages):
            body = rows[uid][1]
            sent = raw if raw.endswith(b'\r\n') else raw + b'\r\n'
            check('bytes', body is not None and body.endswith(sent), (port, uid))
            trace = body[:len(body) - len(sent)]
            check('trace header', trace.startswith(b'Return-Path:') and trace.endswith(b'\r\n') and b'\r\n\r\n' not in trace, (uid, trace))
        c.logout()


class Idler(threading.Thread):
    """Idles, and keeps the mailbox as it is told: sequence numbers, uids, flags."""

    def __init__(self, port, user, mailbox='INBOX'):
        super().__init__(daemon=True)
        self.c = login(port, user)
        self.c.select(mailbox)
        self.rows = sorted((u, f) for u, (f, _) in fetch_all(self.c).items())
        self.stop, self.lock, self.heard = False, threading.Lock(), 0
        self.c.send(b'x1 IDLE\r\n')
        line = self.c.readline()
        while not line.startswith(b'+'): self.hear(line); line = self.c.readline()

    def hear(self, line):
        with self.lock:
            self.heard += 1
            m = re.match(rb'\* (\d+) (EXISTS|EXPUNGE|FETCH)(.*)', line)
            if not m: return
            n, what = int(m.group(1)), m.group(2)
            if what == b'EXISTS':
                check('EXISTS never goes back', n >= len(self.rows), (n, len(self.rows)))
                self.rows += [(None, None)] * (n - len(self.rows))
            elif what == b'EXPUNGE':
                check('EXPUNGE of a known number', 1 <= n <= len(self.rows), (n, len(self.rows)))
                del self.rows[n - 1]
            else:
                check('FETCH of a known number', 1 <= n <= len(self.rows), (n, len(self.rows)))
                uid = re.search(rb'UID (\d+)', m.group(3))
                flags = re.search(rb'FLAGS \(([^)]*)\)', m.group(3))
                old = self.rows[n - 1]
                if uid and old[0]: check('number and uid agree', int(uid.group(1)) == old[0], (line, old))
                self.rows[n - 1] = (int(uid.group(1)) if uid else old[0], frozenset(flags.group(1).split()) if flags else old[1])

    def run(self):
        self.c.sock.settimeout(60)
        while not self.stop:
            try: line = self.c.readline()
            except (OSError, ValueError): return
            if not line: return
            self.hear(line)


def churn(port, user, seed, rounds, errors):
    rng = random.Random(seed)
    try:
        c = login(port, user)
        c.select('INBOX')
        for _ in range(rounds):
            uids = sorted(fetch_all(c))
            if not uids: break
            some = ','.join(map(str, sorted(rng.sample(uids, min(len(uids), rng.randrange(1, 6))))))
            what = rng.randrange(6)
            if what == 0: typ, d = c.uid('STORE', some, '+FLAGS', rng.choice(['(\\Seen)', '(\\Flagged)', '($Work)']))
            elif what == 1: typ, d = c.uid('STORE', some, '-FLAGS', '(\\Seen $Work)')
            elif what == 2: typ, d = c.uid('COPY', some, 'Archive')
            elif what == 3: typ, d = c.uid('MOVE', some.split(',')[0], 'Trash')
            elif what == 4:
                typ, d = c.uid('STORE', some.split(',')[0], '+FLAGS.SILENT', '(\\Deleted)')
                typ, d = c.uid('EXPUNGE', some.split(',')[0])
            else:
                typ, d = c.append('INBOX', '(\\Draft)', imaplib.Time2Internaldate(time.time()), b'Subject: appended\r\n\r\nhello %d\r\n' % rng.randrange(10**9))
            if typ != 'OK': errors.append((port, what, typ, d))
        c.logout()
    except Exception as e:
        errors.append((port, repr(e)))


def main():
    p = argparse.ArgumentParser()
    for name in ('http', 'lmtp', 'imap'): p.add_argument('--' + name, required=True, type=lambda s: [int(x) for x in s.split(',')])
    p.add_argument('--messages'); p.add_argument('--count', type=int, default=60)
    p.add_argument('--rounds', type=int, default=40); p.add_argument('--seed', type=int, default=1)
    p.add_argument('--converge', type=float, default=15, help='seconds that idlers have to hear of everything')
    a = p.parse_args()
    rng = random.Random(a.seed)
    user = 'trial%d' % random.SystemRandom().randrange(10**9)
    status, answer = post(a.http[0], '/user/create', {'username': user, 'password': 'secretpass'})
    check('user created', status == 200 and answer['success'], answer)
    address = answer['address']
    status, again = post(a.http[0], '/user/create', {'username': user.upper(), 'password': 'secretpass'})
    check('a taken name is refused', status == 400 and again['code'] == 'UserExistsError', again)
    messages = corpus(a.messages, a.count, rng)
    took = deliver(a.lmtp, address, messages)
    print(f'delivered {len(messages)} messages in {took:.2f} s, {len(messages) / took:.0f}/s')
    same_bytes(a.imap, user, messages)
    print(f'byte for byte the same through {len(a.imap)} node(s)')

    idlers = [Idler(port, user) for port in a.imap]
    for i in idlers: i.start()
    errors, threads = [], []
    for n, port in enumerate(a.imap + a.imap[:1]):
        t = threading.Thread(target=churn, args=(port, user, a.seed + n, a.rounds, errors)); t.start(); threads.append(t)
    deliver(a.lmtp, address, messages[:10])
    for t in threads: t.join()
    check('no command failed', not errors, errors[:3])
    views = []
    for port in a.imap:
        c = login(port, user); c.select('INBOX', readonly=True); views.append({u: f for u, (f, _) in fetch_all(c).items()}); c.logout()
    check('all nodes agree', all(v == views[0] for v in views))
    limit = time.time() + a.converge
    for i in idlers:
        while True:
            with i.lock: rows = list(i.rows)
            told = [(u, f) for u, f in rows]
            truth = sorted(views[0].items())
            if len(told) == len(truth) and all((t[0] is None or t[0] == u) and (t[1] is None or t[1] == f) for t, (u, f) in zip(told, truth)): break
            check('idlers converge', time.time() < limit, (len(told), len(truth), [(t, x) for t, x in zip(told, truth) if t[1] not in (None, x[1])][:3]))
            time.sleep(.05)
    print(f'{len(a.imap) + 1} writers, {len(idlers)} idlers: all agree on {len(views[0])} messages')
    check('UIDs were never given twice', max(views[0]) >= len(messages))
    print('trial passed')


if __name__ == '__main__':
    main()
