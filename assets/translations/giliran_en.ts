<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="id">
    <context>
        <name>AccessBar</name>
        <message>
            <source>Kembali</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Teks biasa</source>
            <translation>Normal text</translation>
        </message>
        <message>
            <source>Teks besar</source>
            <translation>Larger text</translation>
        </message>
        <message>
            <source>Kontras</source>
            <translation>Contrast</translation>
        </message>
    </context>
    <context>
        <name>ActionBar</name>
        <message>
            <source>Urungkan %1 (Ctrl+Z)  %2 dtk</source>
            <translation>Undo %1 (Ctrl+Z)  %2 s</translation>
        </message>
        <message>
            <source>Pindai tiket kapan saja, di mana saja di jendela ini. Tekan F1 untuk semua tombol.</source>
            <translation>Scan a ticket at any time, anywhere in this window. Press F1 for all keys.</translation>
        </message>
        <message>
            <source>Ketik nomor  ( / )</source>
            <translation>Type a number  ( / )</translation>
        </message>
    </context>
    <context>
        <name>AgenciesScreen</name>
        <message>
            <source>Semua instansi</source>
            <translation>All agencies</translation>
        </message>
        <message>
            <source>Sedang tutup</source>
            <translation>Closed now</translation>
        </message>
    </context>
    <context>
        <name>AgencyScreen</name>
        <message>
            <source>Daftar ini contoh dan belum dikonfirmasi oleh instansi.</source>
            <translation>This list is a sample that the agency has not confirmed.</translation>
        </message>
        <message>
            <source>Pilih layanan</source>
            <translation>Choose a service</translation>
        </message>
    </context>
    <context>
        <name>AttractScreen</name>
        <message>
            <source>Selamat datang.
Mau urus apa
hari ini?</source>
            <translation>Welcome.
What brings you
here today?</translation>
        </message>
        <message>
            <source>Selamat datang.
Mau urus apa hari ini?</source>
            <translation>Welcome.
What brings you here today?</translation>
        </message>
        <message>
            <source>Sebut keperluan Anda dengan kata sendiri</source>
            <translation>Say what you need in your own words</translation>
        </message>
        <message>
            <source>Ambil satu nomor untuk semua layanan</source>
            <translation>Take one number for all services</translation>
        </message>
        <message>
            <source>Duduk dan tunggu, Anda pasti dipanggil</source>
            <translation>Sit and wait, you will be called</translation>
        </message>
        <message>
            <source>Sentuh untuk mulai</source>
            <translation>Touch to start</translation>
        </message>
        <message>
            <source>Sudah punya tiket?</source>
            <translation>Already have a ticket?</translation>
        </message>
        <message>
            <source>Sudah punya tiket? Dekatkan ke pemindai.</source>
            <translation>Have a ticket? Hold it before the scanner.</translation>
        </message>
        <message>
            <source>Dekatkan kode QR-nya ke pemindai untuk melihat antrean Anda.</source>
            <translation>Hold its QR code before the scanner to see your place in the queue.</translation>
        </message>
    </context>
    <context>
        <name>ClosedScreen</name>
        <message>
            <source>Layanan sedang tutup.</source>
            <translation>We are closed right now.</translation>
        </message>
        <message>
            <source>Terima kasih sudah datang. Sampai jumpa lagi.</source>
            <translation>Thank you for coming. See you again.</translation>
        </message>
        <message>
            <source>Sudah punya tiket? Dekatkan kode QR-nya ke pemindai untuk melihat antrean Anda.</source>
            <translation>Have a ticket? Hold its QR code before the scanner to see your place in the queue.</translation>
        </message>
    </context>
    <context>
        <name>DemonstrationTag</name>
        <message>
            <source>Data contoh</source>
            <translation>Sample data</translation>
        </message>
    </context>
    <context>
        <name>DeskBar</name>
        <message>
            <source>Loket saya  Ctrl+H</source>
            <translation>My counter  Ctrl+H</translation>
        </message>
        <message>
            <source>Seluruh gedung  Ctrl+H</source>
            <translation>Whole hall  Ctrl+H</translation>
        </message>
        <message>
            <source>Ganti loket  Ctrl+L</source>
            <translation>Other counter  Ctrl+L</translation>
        </message>
        <message>
            <source>Bahasa</source>
            <translation>Language</translation>
        </message>
        <message>
            <source>Kontras tinggi</source>
            <translation>High contrast</translation>
        </message>
        <message>
            <source>Perkecil jadi bilah, Ctrl+M</source>
            <translation>Shrink to a strip, Ctrl+M</translation>
        </message>
    </context>
    <context>
        <name>DeskScreen</name>
        <message>
            <source>Antrean kosong.</source>
            <translation>Nobody is waiting.</translation>
        </message>
        <message>
            <source>Antrean: %1</source>
            <translation>Line: %1</translation>
        </message>
        <message>
            <source>Ditunda: %1</source>
            <translation>Parked: %1</translation>
        </message>
        <message>
            <source>Tidak hadir: %1</source>
            <translation>Missed: %1</translation>
        </message>
    </context>
    <context>
        <name>FactTile</name>
        <message>
            <source>Belum diterbitkan</source>
            <translation>Not published yet</translation>
        </message>
    </context>
    <context>
        <name>HallCounterRow</name>
        <message>
            <source>minta bantuan</source>
            <translation>calls for help</translation>
        </message>
    </context>
    <context>
        <name>HallQueueHead</name>
        <message>
            <source>Antrean</source>
            <translation>Queue</translation>
        </message>
        <message>
            <source>Menunggu</source>
            <translation>Waiting</translation>
        </message>
        <message>
            <source>Terlama</source>
            <translation>Longest</translation>
        </message>
        <message>
            <source>Perkiraan</source>
            <translation>Estimate</translation>
        </message>
        <message>
            <source>Loket</source>
            <translation>Counter</translation>
        </message>
        <message>
            <source>Selesai</source>
            <translation>Done</translation>
        </message>
        <message>
            <source>Janji</source>
            <translation>Promises</translation>
        </message>
    </context>
    <context>
        <name>HallQueueRow</name>
        <message>
            <source>Tutup</source>
            <translation>Closed</translation>
        </message>
    </context>
    <context>
        <name>HallScreen</name>
        <message>
            <source>Buka kunci petugas</source>
            <translation>Unlock an officer</translation>
        </message>
        <message>
            <source>Batalkan tiket</source>
            <translation>Void a ticket</translation>
        </message>
        <message>
            <source>Antrean</source>
            <translation>Queue</translation>
        </message>
        <message>
            <source>Loket</source>
            <translation>Counter</translation>
        </message>
    </context>
    <context>
        <name>HomeScreen</name>
        <message numerus="yes">
            <source>Lanjut: %n layanan dipilih</source>
            <comment>services chosen so far</comment>
            <translation>
                <numerusform>Continue: %n service chosen</numerusform>
                <numerusform>Continue: %n services chosen</numerusform>
            </translation>
        </message>
        <message>
            <source>Apa keperluan Anda?</source>
            <translation>How can we help you?</translation>
        </message>
        <message>
            <source>Lihat semua peristiwa hidup</source>
            <translation>See all life events</translation>
        </message>
        <message numerus="yes">
            <source>Semua %n</source>
            <comment>all life events</comment>
            <translation>
                <numerusform>All %n</numerusform>
                <numerusform>All %n</numerusform>
            </translation>
        </message>
        <message>
            <source>Sedang mengalami</source>
            <translation>Life events</translation>
        </message>
        <message>
            <source>Lihat semua instansi</source>
            <translation>See all agencies</translation>
        </message>
        <message numerus="yes">
            <source>Semua %n</source>
            <comment>all agencies</comment>
            <translation>
                <numerusform>All %n</numerusform>
                <numerusform>All %n</numerusform>
            </translation>
        </message>
        <message>
            <source>Instansi</source>
            <translation>Agencies</translation>
        </message>
        <message>
            <source>Sedang tutup</source>
            <translation>Closed now</translation>
        </message>
        <message>
            <source>Sudah punya tiket? Dekatkan ke pemindai.</source>
            <translation>Have a ticket? Hold it before the scanner.</translation>
        </message>
    </context>
    <context>
        <name>IdleOverlay</name>
        <message>
            <source>Masih di sini?</source>
            <translation>Are you still here?</translation>
        </message>
        <message numerus="yes">
            <source>Layar kembali ke awal dalam %n detik. Pilihan Anda akan dihapus.</source>
            <comment>seconds</comment>
            <translation>
                <numerusform>The screen starts over in %n second. Your choices will be cleared.</numerusform>
                <numerusform>The screen starts over in %n seconds. Your choices will be cleared.</numerusform>
            </translation>
        </message>
        <message>
            <source>Saya masih di sini</source>
            <translation>I am still here</translation>
        </message>
    </context>
    <context>
        <name>LanguageSwitch</name>
        <message>
            <source>Bahasa</source>
            <translation>Language</translation>
        </message>
    </context>
    <context>
        <name>LifeEventScreen</name>
        <message>
            <source>Pilih yang Anda perlukan. Satu nomor untuk semuanya.</source>
            <translation>Choose what you need. One number for all of it.</translation>
        </message>
        <message numerus="yes">
            <source>Lanjut dengan %n layanan</source>
            <comment>services ticked</comment>
            <translation>
                <numerusform>Continue with %n service</numerusform>
                <numerusform>Continue with %n services</numerusform>
            </translation>
        </message>
        <message>
            <source>Pilih dulu paling sedikit satu layanan</source>
            <translation>Choose at least one service first</translation>
        </message>
    </context>
    <context>
        <name>LifeEventsScreen</name>
        <message>
            <source>Apa yang sedang Anda alami?</source>
            <translation>What is happening in your life?</translation>
        </message>
    </context>
    <context>
        <name>LineList</name>
        <message>
            <source>Prioritas</source>
            <translation>Priority</translation>
        </message>
        <message>
            <source>di loket lain</source>
            <translation>at another counter</translation>
        </message>
        <message>
            <source>Di loket lain, tempatnya tetap</source>
            <translation>At another counter, keeps the place</translation>
        </message>
    </context>
    <context>
        <name>LockedScreen</name>
        <message>
            <source>Layar terkunci</source>
            <translation>Locked</translation>
        </message>
        <message>
            <source>PIN, enam angka</source>
            <translation>PIN, six digits</translation>
        </message>
        <message>
            <source>Petugas lain</source>
            <translation>Another officer</translation>
        </message>
        <message>
            <source>Buka</source>
            <translation>Unlock</translation>
        </message>
    </context>
    <context>
        <name>NewPinScreen</name>
        <message>
            <source>Kedua PIN tidak sama.</source>
            <translation>The two PINs differ.</translation>
        </message>
        <message>
            <source>Enam angka. Bukan angka kembar, berurutan, atau tanggal.</source>
            <translation>Six digits. No repeated or counting digits, no date.</translation>
        </message>
        <message>
            <source>Buat PIN sendiri</source>
            <translation>Choose your own PIN</translation>
        </message>
        <message>
            <source>PIN baru</source>
            <translation>New PIN</translation>
        </message>
        <message>
            <source>Sekali lagi</source>
            <translation>Once more</translation>
        </message>
        <message>
            <source>PIN baru, sekali lagi</source>
            <translation>New PIN, once more</translation>
        </message>
        <message>
            <source>Kembali</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Simpan dan masuk</source>
            <translation>Save and sign in</translation>
        </message>
    </context>
    <context>
        <name>OnScreenKeyboard</name>
        <message>
            <source>Papan ketik</source>
            <translation>Keyboard</translation>
        </message>
        <message>
            <source>Hapus satu huruf</source>
            <translation>Delete one letter</translation>
        </message>
        <message>
            <source>Spasi</source>
            <translation>Space</translation>
        </message>
    </context>
    <context>
        <name>OutOfServiceScreen</name>
        <message>
            <source>Mohon maaf, mesin ini sedang diperbaiki.</source>
            <translation>We are sorry, this machine is being repaired.</translation>
        </message>
        <message>
            <source>Silakan ambil nomor di mesin lain atau di meja informasi.</source>
            <translation>Please take a number at another machine or at the information desk.</translation>
        </message>
        <message>
            <source>Sudah punya nomor? Nomor Anda tetap berlaku.</source>
            <translation>Already have a number? It is still valid.</translation>
        </message>
    </context>
    <context>
        <name>PinPanel</name>
        <message>
            <source>Kontras tinggi</source>
            <translation>High contrast</translation>
        </message>
    </context>
    <context>
        <name>PrinterTroubleScreen</name>
        <message>
            <source>Sudah saya foto</source>
            <translation>I have taken a photo</translation>
        </message>
        <message>
            <source>Tiket mungkin belum keluar, tetapi nomor Anda sudah tersimpan.</source>
            <translation>The ticket may not have come out, but your number is saved.</translation>
        </message>
        <message>
            <source>Nomor Anda tetap berlaku.</source>
            <translation>Your number stays valid.</translation>
        </message>
        <message>
            <source>Tiket dicetak begitu pencetak siap, selama nomor ini di layar.</source>
            <translation>Your ticket prints as soon as the printer is ready, while this number is on the screen.</translation>
        </message>
        <message>
            <source>Atau foto kode ini sebagai tiket, lalu sentuh “Sudah saya foto”.</source>
            <translation>Or take a photo of this code as your ticket, then touch “I have taken a photo”.</translation>
        </message>
    </context>
    <context>
        <name>PrintingScreen</name>
        <message>
            <source>Sebentar ya, tiket Anda sedang dicetak.</source>
            <translation>One moment, your ticket is being printed.</translation>
        </message>
        <message>
            <source>Tiket keluar di bawah layar.</source>
            <translation>The ticket comes out below the screen.</translation>
        </message>
        <message>
            <source>Pencetak sudah siap lagi. Tiket keluar di bawah layar.</source>
            <translation>The printer is ready again. The ticket comes out below the screen.</translation>
        </message>
    </context>
    <context>
        <name>PriorityScreen</name>
        <message>
            <source>Lanjut usia, 60 tahun ke atas</source>
            <translation>Aged 60 or over</translation>
        </message>
        <message>
            <source>Penyandang disabilitas</source>
            <translation>A person with a disability</translation>
        </message>
        <message>
            <source>Ibu hamil atau menyusui</source>
            <translation>Pregnant or breastfeeding</translation>
        </message>
        <message>
            <source>Orang tua dengan anak kecil</source>
            <translation>A parent with a small child</translation>
        </message>
        <message>
            <source>Korban bencana</source>
            <translation>Affected by a disaster</translation>
        </message>
        <message>
            <source>Ya, dahulukan</source>
            <translation>Yes, priority please</translation>
        </message>
        <message>
            <source>Tidak perlu</source>
            <translation>Not needed</translation>
        </message>
        <message>
            <source>Anda, atau orang yang datang bersama Anda. Tanpa bukti dan tanpa menyebut alasan.</source>
            <translation>You, or someone who came with you. No proof needed, and no reason asked.</translation>
        </message>
        <message>
            <source>Perlu didahulukan?</source>
            <translation>Do you need priority?</translation>
        </message>
    </context>
    <context>
        <name>QrPanel</name>
        <message>
            <source>Kode QR tiket</source>
            <translation>QR code of the ticket</translation>
        </message>
    </context>
    <context>
        <name>QuestionOverlay</name>
        <message>
            <source>Batal</source>
            <translation>Cancel</translation>
        </message>
    </context>
    <context>
        <name>ScrollRail</name>
        <message>
            <source>Ke atas</source>
            <translation>Up</translation>
        </message>
        <message>
            <source>Ke bawah</source>
            <translation>Down</translation>
        </message>
    </context>
    <context>
        <name>SearchField</name>
        <message>
            <source>Tulis saja: KTP hilang, bikin SIM, pajak motor</source>
            <translation>Just type: lost ID card, driving licence, motorbike tax</translation>
        </message>
        <message>
            <source>Hapus tulisan</source>
            <translation>Clear the text</translation>
        </message>
    </context>
    <context>
        <name>SearchScreen</name>
        <message>
            <source>Sering dicari</source>
            <translation>Often looked for</translation>
        </message>
        <message>
            <source>Mungkin ini yang Anda cari</source>
            <translation>This may be what you are looking for</translation>
        </message>
        <message>
            <source>Belum ketemu.</source>
            <translation>Nothing found yet.</translation>
        </message>
        <message>
            <source>Coba kata lain yang lebih pendek, atau cari lewat daftar instansi. Petugas di meja informasi juga siap membantu.</source>
            <translation>Try another, shorter word, or look through the list of agencies. The staff at the information desk will gladly help too.</translation>
        </message>
        <message>
            <source>Lihat semua instansi</source>
            <translation>See all agencies</translation>
        </message>
    </context>
    <context>
        <name>ServiceActions</name>
        <message>
            <source>Ambil nomor</source>
            <translation>Take a number</translation>
        </message>
        <message>
            <source>Tambah layanan lain dulu</source>
            <translation>Add another service first</translation>
        </message>
        <message numerus="yes">
            <source>Lihat %n layanan pilihan Anda</source>
            <comment>services in the basket</comment>
            <translation>
                <numerusform>See your %n chosen service</numerusform>
                <numerusform>See your %n chosen services</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ServiceStandard</name>
        <message>
            <source>Yang perlu dibawa</source>
            <translation>What to bring</translation>
        </message>
        <message>
            <source>Instansi belum menerbitkan syaratnya. Tanyakan di loket.</source>
            <translation>The agency has not published the requirements. Please ask at the counter.</translation>
        </message>
        <message>
            <source>Caranya</source>
            <translation>How it works</translation>
        </message>
        <message>
            <source>Ini alur umum di gedung ini. Instansi belum menerbitkan alur khususnya.</source>
            <translation>This is the usual way in this building. The agency has not published its own procedure.</translation>
        </message>
        <message>
            <source>Saran dan pengaduan</source>
            <translation>Suggestions and complaints</translation>
        </message>
        <message>
            <source>Sampaikan di loket mana pun.</source>
            <translation>Tell us at any counter.</translation>
        </message>
        <message>
            <source>Dasar hukum</source>
            <translation>Legal basis</translation>
        </message>
        <message>
            <source>Belum diterbitkan</source>
            <translation>Not published yet</translation>
        </message>
        <message>
            <source>Keterangan ini contoh dan belum dikonfirmasi oleh instansi.</source>
            <translation>This information is a sample that the agency has not confirmed.</translation>
        </message>
    </context>
    <context>
        <name>ServiceSummary</name>
        <message>
            <source>Belum ada yang menunggu</source>
            <translation>Nobody is waiting</translation>
        </message>
        <message numerus="yes">
            <source>%n orang menunggu</source>
            <comment>people in the queue</comment>
            <translation>
                <numerusform>%n person waiting</numerusform>
                <numerusform>%n people waiting</numerusform>
            </translation>
        </message>
        <message>
            <source>Biaya</source>
            <translation>Fee</translation>
        </message>
        <message>
            <source>Selesai</source>
            <translation>Done</translation>
        </message>
        <message>
            <source>Hasil</source>
            <translation>Result</translation>
        </message>
        <message>
            <source>Layanan ini dimulai lewat internet. Belum mendaftar? Petugas loket akan membantu.</source>
            <translation>This service starts online. Not registered yet? The officer at the counter will help you.</translation>
        </message>
        <message>
            <source>Perlu dulu: %1</source>
            <translation>Needed first: %1</translation>
        </message>
        <message>
            <source>Bisa sekalian dalam satu tiket</source>
            <translation>Can be done with the same ticket</translation>
        </message>
    </context>
    <context>
        <name>SignInScreen</name>
        <message>
            <source>Masuk ke loket</source>
            <translation>Sign in at a counter</translation>
        </message>
        <message>
            <source>Nomor petugas</source>
            <translation>Staff number</translation>
        </message>
        <message>
            <source>Loket</source>
            <translation>Counter</translation>
        </message>
        <message>
            <source>Nomor loket</source>
            <translation>Counter number</translation>
        </message>
        <message>
            <source>PIN, enam angka</source>
            <translation>PIN, six digits</translation>
        </message>
        <message>
            <source>Tunggu %1 detik</source>
            <translation>Wait %1 seconds</translation>
        </message>
        <message>
            <source>Sebentar</source>
            <translation>One moment</translation>
        </message>
        <message>
            <source>Masuk</source>
            <translation>Sign in</translation>
        </message>
    </context>
    <context>
        <name>StripBar</name>
        <message>
            <source>berikutnya %1</source>
            <translation>next %1</translation>
        </message>
        <message>
            <source>Urungkan
Ctrl+Z  %1 dtk</source>
            <translation>Undo
Ctrl+Z  %1 s</translation>
        </message>
        <message>
            <source>Perbesar jendela, Ctrl+M</source>
            <translation>Enlarge the window, Ctrl+M</translation>
        </message>
    </context>
    <context>
        <name>TechnicianScreen</name>
        <message>
            <source>Keadaan mesin saat ini</source>
            <translation>The state of this machine</translation>
        </message>
        <message>
            <source>Teknisi</source>
            <translation>Technician</translation>
        </message>
        <message>
            <source>Tutup</source>
            <translation>Close</translation>
        </message>
        <message>
            <source>Kertas diganti</source>
            <translation>New paper is in</translation>
        </message>
    </context>
    <context>
        <name>TicketLabel</name>
        <message>
            <source>Nomor Anda (salinan)</source>
            <translation>Your number (copy)</translation>
        </message>
        <message>
            <source>Nomor Anda</source>
            <translation>Your number</translation>
        </message>
        <message>
            <source>Nomor Anda %1</source>
            <translation>Your number is %1</translation>
        </message>
        <message>
            <source>Nomor terakhir di mesin ini</source>
            <translation>The last number from this machine</translation>
        </message>
    </context>
    <context>
        <name>TicketScreen</name>
        <message>
            <source>Foto kode ini</source>
            <translation>Take a photo of this code</translation>
        </message>
        <message>
            <source>Simpan di ponsel</source>
            <translation>Keep it on your phone</translation>
        </message>
        <message>
            <source>Foto ini berlaku sebagai tiket. Tunjukkan di loket ketika nomor Anda dipanggil.</source>
            <translation>The photo is valid as a ticket. Show it at the counter when your number is called.</translation>
        </message>
        <message>
            <source>Foto kode ini. Bila kertasnya hilang, tunjukkan fotonya di loket.</source>
            <translation>Take a photo of this code. If you lose the paper, show the photo at the counter.</translation>
        </message>
        <message>
            <source>Selesai</source>
            <translation>Done</translation>
        </message>
    </context>
    <context>
        <name>TicketStops</name>
        <message numerus="yes">
            <source>Anda menunggu di %n antrean sekaligus</source>
            <comment>queues</comment>
            <translation>
                <numerusform>You are waiting in %n queue</numerusform>
                <numerusform>You are waiting in %n queues at once</numerusform>
            </translation>
        </message>
        <message>
            <source>Tunggu di sini</source>
            <translation>Wait here</translation>
        </message>
        <message>
            <source>sesudah %1</source>
            <translation>after %1</translation>
        </message>
        <message>
            <source>Anda yang pertama</source>
            <translation>You are first</translation>
        </message>
        <message numerus="yes">
            <source>%n di depan Anda</source>
            <comment>people ahead in the queue</comment>
            <translation>
                <numerusform>%n ahead of you</numerusform>
                <numerusform>%n ahead of you</numerusform>
            </translation>
        </message>
        <message>
            <source>Silakan duduk. Nomor Anda dipanggil dan tampil di layar ruang tunggu.</source>
            <translation>Please have a seat. Your number is called and shown on the screens of the waiting area.</translation>
        </message>
    </context>
    <context>
        <name>TicketVerdict</name>
        <message>
            <source>Sedang dicetak. Tiket keluar di bawah layar.</source>
            <translation>Printing. The ticket comes out below the screen.</translation>
        </message>
        <message>
            <source>Sudah tercetak. Ambil tiket di bawah layar.</source>
            <translation>Printed. Please take the ticket below the screen.</translation>
        </message>
        <message>
            <source>Apakah tiket keluar?</source>
            <translation>Did the ticket come out?</translation>
        </message>
        <message>
            <source>Tiket tidak tercetak. Foto layar ini: nomor Anda sudah tersimpan.</source>
            <translation>The ticket was not printed. Take a photo of this screen: your number is saved.</translation>
        </message>
        <message>
            <source>Tidak keluar?</source>
            <translation>Did it not come out?</translation>
        </message>
        <message>
            <source>Ya, sudah</source>
            <translation>Yes, it did</translation>
        </message>
        <message>
            <source>Cetak ulang</source>
            <translation>Print again</translation>
        </message>
        <message>
            <source>Sudah saya foto</source>
            <translation>I have taken a photo</translation>
        </message>
        <message>
            <source>Sudah dikirim, tetapi pencetak ini tidak dapat memastikan. Lihat di bawah layar.</source>
            <translation>Sent, but this printer cannot tell for certain. Please look below the screen.</translation>
        </message>
        <message>
            <source>Setelah memotret, sentuh “Sudah saya foto” agar nomor Anda tetap dipanggil.</source>
            <translation>After taking the photo, touch “I have taken a photo” so that your number is still called.</translation>
        </message>
        <message>
            <source>Tiket mungkin keluar setelah diperbaiki.</source>
            <translation>The ticket may come out once it is repaired.</translation>
        </message>
        <message>
            <source>Belum keluar juga? Foto layar ini dan panggil petugas. Nomor Anda tetap berlaku.</source>
            <translation>Still no ticket? Take a photo of this screen and call the staff. Your number stays valid.</translation>
        </message>
    </context>
    <context>
        <name>Tray</name>
        <message>
            <source>Giliran: printer tiruan</source>
            <translation>Giliran: simulated printer</translation>
        </message>
        <message>
            <source>Printer tiruan</source>
            <translation>Simulated printer</translation>
        </message>
        <message>
            <source>Belum ada tiket. Tiket yang tercetak muncul di sini.</source>
            <translation>No ticket yet. Printed tickets appear here.</translation>
        </message>
        <message>
            <source>Dekatkan ke pemindai anjungan</source>
            <translation>Hold before the kiosk's scanner</translation>
        </message>
        <message>
            <source>Salin isi kode QR</source>
            <translation>Copy the QR code's text</translation>
        </message>
        <message>
            <source>Tutup penutup</source>
            <translation>Close the cover</translation>
        </message>
        <message>
            <source>Buka penutup</source>
            <translation>Open the cover</translation>
        </message>
        <message>
            <source>Pasang kertas</source>
            <translation>Put paper in</translation>
        </message>
        <message>
            <source>Ambil kertas</source>
            <translation>Take the paper out</translation>
        </message>
    </context>
    <context>
        <name>VisitCard</name>
        <message>
            <source>Prioritas</source>
            <translation>Priority</translation>
        </message>
        <message>
            <source>Dari kertas</source>
            <translation>From paper</translation>
        </message>
        <message>
            <source>dijanjikan %1</source>
            <translation>promised %1</translation>
        </message>
        <message>
            <source>Tahapan kunjungan</source>
            <translation>Stops of the visit</translation>
        </message>
        <message>
            <source>Syarat</source>
            <translation>Requirements</translation>
        </message>
        <message>
            <source>Belum diterbitkan oleh instansinya.</source>
            <translation>Not published by the agency.</translation>
        </message>
    </context>
    <context>
        <name>VisitScreen</name>
        <message>
            <source>Ambil nomor</source>
            <translation>Take a number</translation>
        </message>
        <message>
            <source>Tambah layanan lain</source>
            <translation>Add another service</translation>
        </message>
        <message>
            <source>Pilih layanan</source>
            <translation>Choose a service</translation>
        </message>
        <message>
            <source>Satu nomor untuk semuanya. Anda menunggu di semua antrean sekaligus.</source>
            <translation>One number for everything. You wait in all the queues at once.</translation>
        </message>
        <message>
            <source>Pilihan Anda</source>
            <translation>Your visit</translation>
        </message>
        <message>
            <source>Belum ada layanan yang dipilih.</source>
            <translation>No service chosen yet.</translation>
        </message>
        <message>
            <source>Hapus %1</source>
            <translation>Remove %1</translation>
        </message>
        <message>
            <source>Hapus</source>
            <translation>Remove</translation>
        </message>
    </context>
    <context>
        <name>Words</name>
        <message numerus="yes">
            <source>%n menunggu</source>
            <comment>people in a queue</comment>
            <translation>
                <numerusform>%n waiting</numerusform>
                <numerusform>%n waiting</numerusform>
            </translation>
        </message>
        <message>
            <source>Tanpa antre</source>
            <translation>No queue</translation>
        </message>
        <message numerus="yes">
            <source>%n layanan</source>
            <comment>services</comment>
            <translation>
                <numerusform>%n service</numerusform>
                <numerusform>%n services</numerusform>
            </translation>
        </message>
        <message>
            <source>Selamat pagi.</source>
            <translation>Good morning.</translation>
        </message>
        <message>
            <source>Selamat siang.</source>
            <translation>Good day.</translation>
        </message>
        <message>
            <source>Selamat sore.</source>
            <translation>Good afternoon.</translation>
        </message>
        <message>
            <source>Selamat malam.</source>
            <translation>Good evening.</translation>
        </message>
        <message>
            <source>Nomor belum dibuat karena ada gangguan. Silakan coba sekali lagi.</source>
            <translation>No number was made because of a fault. Please try once more.</translation>
        </message>
        <message>
            <source>Antrean ini baru saja ditutup. Silakan pilih layanan lain.</source>
            <translation>This queue has just closed. Please choose another service.</translation>
        </message>
        <message>
            <source>Satu tiket memuat paling banyak 4 layanan.</source>
            <translation>One ticket holds at most 4 services.</translation>
        </message>
        <message>
            <source>Nomor untuk hari ini sudah habis. Silakan pilih layanan lain atau datang lagi besok.</source>
            <translation>All numbers for today are taken. Please choose another service or come back tomorrow.</translation>
        </message>
        <message>
            <source>Tiket belum bisa dicetak ulang. Foto layar ini sebagai tiket.</source>
            <translation>The ticket cannot be printed again yet. Take a photo of this screen as your ticket.</translation>
        </message>
        <message>
            <source>Ada gangguan. Silakan coba sekali lagi atau tanyakan kepada petugas.</source>
            <translation>Something went wrong. Please try once more or ask the staff.</translation>
        </message>
        <message>
            <source>Kertas tiket sedang habis.</source>
            <translation>The ticket paper has run out.</translation>
        </message>
        <message>
            <source>Penutup pencetak sedang terbuka.</source>
            <translation>The printer's cover is open.</translation>
        </message>
        <message>
            <source>Pencetak sedang macet.</source>
            <translation>The printer is jammed.</translation>
        </message>
        <message>
            <source>Pencetak sedang terlalu panas.</source>
            <translation>The printer is too hot.</translation>
        </message>
        <message>
            <source>Pencetak sedang tidak terhubung.</source>
            <translation>The printer is not connected.</translation>
        </message>
        <message>
            <source>Pencetak sedang terganggu.</source>
            <translation>The printer has a problem.</translation>
        </message>
        <message>
            <source>Tiket Anda akan tampil di layar untuk difoto.</source>
            <translation>Your ticket will be shown on screen for you to photograph.</translation>
        </message>
        <message>
            <source>Petugas sedang diberi tahu.</source>
            <translation>The staff are being told.</translation>
        </message>
        <message>
            <source>Mohon beri tahu petugas.</source>
            <translation>Please tell the staff.</translation>
        </message>
    </context>
    <context>
        <name>YourVisitCard</name>
        <message>
            <source>Nomor Anda %1</source>
            <translation>Your number %1</translation>
        </message>
        <message>
            <source>Nomor Anda</source>
            <translation>Your number</translation>
        </message>
    </context>
    <context>
        <name>YourVisitScreen</name>
        <message>
            <source>Ambil nomor baru</source>
            <translation>Take a new number</translation>
        </message>
        <message>
            <source>Lanjutkan yang tadi</source>
            <translation>Continue where you were</translation>
        </message>
        <message>
            <source>Selesai</source>
            <translation>Done</translation>
        </message>
    </context>
</TS>
